// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SharedMemory
internal import Transport

/// Ends that die, stand still, or damage what they share.
enum CrashChecks {
  static let all = [
    Check(
      "killed-customer", "a customer that is killed anywhere stops nobody and is evicted",
      axes: [.backpressure], contexts: [.otherProcess], exemption: Check.otherProcessOnly,
      killedCustomer),
    Check(
      "killed-either", "whoever is killed at whatever moment, the survivors get what is theirs",
      axes: [], contexts: [.otherProcess], patienceSeconds: 120, exemption: Check.otherProcessOnly,
      killedEither),
    Check(
      "stopped-customer", "a customer that stands still costs the others no item",
      axes: [.backpressure], contexts: [.otherProcess], exemption: Check.otherProcessOnly,
      stoppedCustomer),
    Check(
      "corrupt-segment", "flipped bits in a live segment never crash an end, nor hang it",
      axes: [.serializer], contexts: [.otherProcess], patienceSeconds: 120,
      exemption: { $0 == .shm ? nil : "its items are not in a segment that others can write" },
      corruptSegment),
  ]

  static func killedCustomer(_ stage: Stage) throws(Violation) {
    for round in 0..<max(2, stage.effort.rounds / 2) {
      var random = SeededRandom(seed: stage.seed, part: UInt64(round))
      let sender = try stage.sender(capacity: 4)
      let healthy = try Reader(stage, try sender.place())
      let victim = try Reader(
        stage, try sender.place(),
        ReadOrder(pauseNanoseconds: 20_000, pauseEvery: random.number(1...5)))
      let (count, last) = (60, random.number(0...40))
      try sender.stream(0..<last)
      victim.kill()
      try sender.stream(last..<count)
      sender.end.end()
      try healthy.expect(0..<count)
      try stage.expect(sender.end.drain(timeout: Stage.patience), true, "the drain")
      try stage.expect(sender.end.count, 0, "what is held back for a customer that was killed")
      try stage.expect(sender.end.evictedCount, 1, "the count of evicted customers")
    }
  }

  static func killedEither(_ stage: Stage) throws(Violation) {
    for trial in 0..<stage.effort.rounds * 4 {
      let victim: CrashVictim = trial % 2 == 0 ? .producer : .customer
      let plan = CrashPlan(
        store: stage.example.store, victim: victim, seed: stage.seed, trial: trial)
      _ = try CrashTrial(plan, seed: stage.seed).run(stage.peers)
    }
  }

  static func stoppedCustomer(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 8)
    let (running, stopped) = (try sender.customer(), try sender.customer())
    try sender.publish(0..<3)
    try running.take(0..<3)
    try stopped.take(0..<3)
    guard let peer = try stopped.attached() as? RemoteCustomer else {
      throw stage.violation("a customer in another process", "none")
    }
    peer.signal(SIGSTOP)
    // Runs again in any case: it could not even be asked to detach.
    defer { peer.signal(SIGCONT) }
    try sender.publish(3..<11)
    try running.take(3..<11)
    try stage.expect(
      try sender.attempt(11, timeout: .after(nanoseconds: 20_000_000)), sender.whenFull.outcome,
      "a put into a ring that a stopped customer holds full")
    try running.expect(.timedOut, timeout: .now, "the running customer at the end")
    peer.signal(SIGCONT)
    try stopped.take(3..<11)
    try sender.publish(11..<19)
    sender.end.end()
    for customer in [running, stopped] {
      try customer.take(11..<19)
      try customer.expectEnd()
    }
    try stage.expect(sender.end.evictedCount, 0, "the count of evicted customers")
  }

  static func corruptSegment(_ stage: Stage) throws(Violation) {
    let order = DamageOrder(
      seed: stage.seed, rounds: stage.effort.rounds * 2, serializer: stage.example.serializer)
    do throws(PeerFailure) {
      let peer = try stage.peers.take()
      do throws(PeerFailure) {
        try peer.send(.damage(order))
        _ = try peer.receive(withinNanoseconds: 60_000_000_000)
      } catch {
        peer.kill()
        throw error
      }
      stage.peers.giveBack(peer)
    } catch {
      throw stage.violation("both ends to survive flipped bits", "\(error)")
    }
  }
}
