// SPDX-License-Identifier: Apache-2.0
internal import Conformance
internal import Harness

/// What every peer must do, to be compared at all.
enum PeerChecks {
  static let all = [
    PeerCheck(
      "peer-order", "every message arrives once, in order and intact",
      sizes: [8, 64, 4096, 100_000], exemption: unordered, order),
    PeerCheck(
      "peer-lengths", "messages of every length that it takes arrive whole",
      sizes: [8, 9, 15, 63, 65, 1000, 4095, 4097, 65_535, 65_537, 1_048_577], lengths),
    PeerCheck(
      "peer-full", "a send into a full channel waits and nothing is lost", sizes: [4096],
      exemption: unblocking, fullChannel),
    PeerCheck(
      "peer-fan-out", "each of several receivers gets every message, at its own pace",
      exemption: solitary, fanOut),
    PeerCheck("peer-empty", "a receive from an empty channel waits for what comes", emptyChannel),
    PeerCheck("peer-end", "an ended stream is received to its end, however short it was", ends),
    PeerCheck("peer-stop", "a stream that stops without its end is told from one that ends", stops),
    PeerCheck("peer-receiver-leaves", "a receiver that leaves ends its sender", leaves),
    PeerCheck(
      "peer-killed-sender", "a killed sender is noticed, and what it sent is intact",
      exemption: inProcess
    ) { (trial) throws(Violation) in try kill(.sender, trial) },
    PeerCheck(
      "peer-killed-receiver", "a killed receiver is noticed by its sender", exemption: inProcess
    ) { (trial) throws(Violation) in try kill(.receiver, trial) },
  ]

  private static func inProcess(_ kind: PeerKind) -> String? {
    kind.isInProcess ? "its ends share one process, which dies as a whole" : nil
  }

  private static func solitary(_ kind: PeerKind) -> String? {
    kind.backend.maximumCustomers > 1 ? nil : "its channels have one receiver"
  }

  private static func fanOut(_ trial: PeerTrial) throws(Violation) {
    let outcomes = try trial.play(.threads) { stage in
      stage.terms.customers = min(3, trial.terms.kind.backend.maximumCustomers)
      stage.sends = 2000
      stage.finishes = true
      stage.receiverRest = .init(before: 100, milliseconds: 20)
    }
    for receiver in [outcomes.receiver] + outcomes.otherReceivers {
      let pair = PeerStage.Outcomes(sender: outcomes.sender, receiver: receiver)
      try trial.expectWhole(2000, pair, .threads)
    }
  }

  private static func unordered(_ kind: PeerKind) -> String? {
    guard let plugin = kind.plugin, !plugin.promises([.ordered, .exactlyOnce]) else { return nil }
    return "it does not promise both order and that everything arrives once"
  }

  private static func unblocking(_ kind: PeerKind) -> String? {
    guard let plugin = kind.plugin, !plugin.promises(.blocks) else { return nil }
    return "it does not promise that a full channel makes a send wait"
  }

  private static func order(_ trial: PeerTrial) throws(Violation) {
    let count: UInt64 = trial.terms.byteCount > 4096 ? 200 : 2000
    for scene in trial.scenes {
      let outcomes = try trial.play(scene) { stage in
        stage.sends = count
        stage.finishes = true
      }
      try trial.expectWhole(count, outcomes, scene)
    }
  }

  private static func lengths(_ trial: PeerTrial) throws(Violation) {
    let outcomes = try trial.play(.threads) { stage in
      stage.sends = 20
      stage.finishes = true
    }
    try trial.expectWhole(20, outcomes, .threads)
  }

  /// More than any system buffers for a channel of a few messages.
  private static let flood = 48 << 20
  private static let rest: Int64 = 150

  private static func fullChannel(_ trial: PeerTrial) throws(Violation) {
    let count = UInt64(flood / trial.terms.byteCount)
    for scene in trial.scenes {
      let outcomes = try trial.play(scene) { stage in
        stage.sends = count
        stage.finishes = true
        stage.receiverRest = .init(before: 1, milliseconds: rest)
      }
      try trial.expectWhole(count, outcomes, scene)
      try trial.expect(
        outcomes.sender.longestWait >= rest * 1_000_000 / 2,
        "a send that waits while the receiver rests for \(rest) ms, \(scene)",
        found: "\(outcomes.sender.longestWait) ns at most")
    }
  }

  private static func emptyChannel(_ trial: PeerTrial) throws(Violation) {
    for scene in trial.scenes {
      let outcomes = try trial.play(scene) { stage in
        stage.sends = 10
        stage.finishes = true
        stage.senderRest = .init(before: 5, milliseconds: rest)
      }
      try trial.expectWhole(10, outcomes, scene)
    }
  }

  private static func ends(_ trial: PeerTrial) throws(Violation) {
    for scene in trial.scenes {
      for count: UInt64 in [0, 1, 3] {
        for isLate in [false, true] {
          let outcomes = try trial.play(scene) { stage in
            stage.sends = count
            stage.finishes = true
            if isLate { stage.receiverRest = .init(before: 0, milliseconds: 20) }
          }
          try trial.expectWhole(count, outcomes, scene)
        }
      }
    }
  }

  private static func stops(_ trial: PeerTrial) throws(Violation) {
    let count: UInt64 = 50
    for scene in trial.scenes {
      let outcomes = try trial.play(scene) { stage in stage.sends = count }
      try trial.expectIntact(outcomes.receiver, scene)
      try trial.expect(
        outcomes.receiver.farewell?.contains("the sender is gone") == true,
        "a receiver that says that its sender is gone, \(scene)",
        found: outcomes.receiver.farewell ?? "an end like any other")
      // ZeroMQ forgets what it has not sent when its sockets close.
      if trial.terms.kind.usesZeroMQ { continue }
      try trial.expect(
        outcomes.receiver.count == count, "all \(count) messages that were sent, \(scene)",
        found: "\(outcomes.receiver.count)")
    }
  }

  private static func leaves(_ trial: PeerTrial) throws(Violation) {
    for scene in trial.scenes {
      let outcomes = try trial.play(scene) { stage in stage.receives = 20 }
      try expectLost("receiver", outcomes.sender, trial, scene)
      try trial.expectIntact(outcomes.receiver, scene)
    }
  }

  private static let killings = 3

  private static func kill(_ victim: PeerEnd, _ trial: PeerTrial) throws(Violation) {
    var random = SplitMix64(seed: trial.seed ^ UInt64(trial.terms.byteCount))
    for _ in 0..<killings {
      // From before the process has begun to well into its stream.
      let scene = PeerScene.killed(victim, microseconds: 1000 + Int64(random.next() % 100_000))
      let outcomes = try trial.play(scene) { _ in }
      switch victim {
      case .sender:
        try expectLost("sender", outcomes.receiver, trial, scene)
        try trial.expectIntact(outcomes.receiver, scene)
      case .receiver: try expectLost("receiver", outcomes.sender, trial, scene)
      }
    }
  }

  private static func expectLost(
    _ end: String, _ outcome: PeerStage.Outcome, _ trial: PeerTrial, _ scene: PeerScene
  ) throws(Violation) {
    try trial.expect(
      outcome.farewell?.contains("the \(end) is gone") == true,
      "an end that says that the \(end) is gone, \(scene)",
      found: outcome.farewell ?? "nothing said after \(outcome.count) messages")
  }
}
