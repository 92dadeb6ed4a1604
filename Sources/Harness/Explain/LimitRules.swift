// SPDX-License-Identifier: Apache-2.0

/// Rules for what bounds a cell. Each sees the evidence and says one thing or nothing; what it would
/// have needed and does not have it adds to the list of what is unavailable.
enum LimitRules {
  typealias Finding = Explanation.Finding
  typealias Rule = @Sendable (CellEvidence, _ unavailable: inout [String]) -> Finding?

  /// The surest kinds of evidence first.
  static let all: [Rule] = [
    roof, wakeUps, ends, serializer, faults, drops, skips, generator,
  ]

  /// From here on a roof is what bounds the cell.
  static let boundShare = 0.8
  /// From here on copying takes so much of a message's time that it is the first thing to look at.
  static let noticeableShare = 0.4

  static func roof(_ evidence: CellEvidence, _: inout [String]) -> Finding? {
    guard let roof = evidence.metrics.roof, let share = roof.share, let limit = roof.limit,
      share <= CellSummary.highestShare
    else { return nil }
    let part = "\(CellEvidence.percent(share)) of \(limit)"
    let isCopy = limit.hasPrefix("memcpy")
    if isCopy, share >= boundShare {
      return Finding(
        .copy, "copy bound: at \(part), the machine's own speed for these bytes",
        remedy: evidence.copyRemedy)
    }
    if isCopy, share >= noticeableShare {
      return Finding(
        .copy,
        "copies take much of it: at \(part), so a message takes as long as \(Figures.text(1 / share))"
          + " copies of its bytes", remedy: evidence.copyRemedy)
    }
    guard !isCopy, share >= boundShare else { return nil }
    if limit.hasPrefix("C ring") {
      return Finding(
        .handOver, "bound by the hand-over: at \(part), a ring with nothing around it",
        remedy: "put several messages at a time (`workload: batched`): one hand-over serves all")
    }
    return Finding(
      .exchange, "bound by the exchange between its CPUs: at \(part)",
      remedy: "place both ends nearer to each other, or send more with each exchange")
  }

  /// Waking may be called the limit from here on.
  static let wakeUpShare = 0.25

  static func wakeUps(_ evidence: CellEvidence, _ unavailable: inout [String]) -> Finding? {
    guard let sleeps = evidence.perMessage(\.voluntarySwitches) else {
      unavailable.append("wake-ups: voluntary switches were not counted")
      return nil
    }
    guard let bare = evidence.run.roofline.futexPingPong?.p50.value else {
      unavailable.append("the cost of a wake-up: the run has no futex ping-pong")
      return nil
    }
    guard let pace = evidence.pace else { return nil }
    let share = min(1, sleeps * bare / pace.value)
    guard share >= wakeUpShare else { return nil }
    let part = share < 1 ? "about \(CellEvidence.percent(share)) of" : "all of"
    return Finding(
      .wakeUps,
      "wake-ups: \(Figures.text(sleeps, digits: 2)) sleeps a message; a bare futex takes"
        + " \(CellEvidence.time(bare)) here, which makes \(part) the"
        + " \(CellEvidence.time(pace.value)) that a message takes",
      remedy: evidence.cell.wait == "park"
        ? "poll before sleeping (`wait: spin-park`, or `spin` where each end has a core to itself)"
        : "send larger batches, or poll all the time (`wait: spin`) where each end has a core")
  }

  /// A store whose other serializer takes so much less time spends its time on encoding.
  static let serializerRatio = 1.5

  static func serializer(_ evidence: CellEvidence, _: inout [String]) -> Finding? {
    guard let own = evidence.pace else { return nil }
    let faster = evidence.explainer.relatives(of: evidence.cell, butFor: .serializer)
      .filter { own.isSlower(than: $0.pace) }
      .min { $0.pace.value < $1.pace.value }
      .map { ($0.cell.cell.serializer, $0.pace) }
    guard let (name, pace) = faster, own.value / pace.value >= serializerRatio else { return nil }
    let ratio = Figures.text(own.value / pace.value)
    return Finding(
      .serializer,
      "encoding: `\(evidence.cell.serializer)` takes \(ratio) times as long as `\(name)` over the same"
        + " store, \(CellEvidence.time(own.value)) instead of \(CellEvidence.time(pace.value))",
      remedy: "use `serializer: \(name)` where its values fit")
  }
}
