// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// Time limits: now means now, and a limit that is over is a result.
enum TimeoutChecks {
  static let all = [
    Check(
      "timeouts", "a wait that is over is a result; zero and less never wait", axes: [.context],
      limits),
    Check(
      "timeouts-full", "a put that waits in vain says so, and takes nothing", axes: [], full),
    Check(
      "woken", "an end that sleeps is woken, and not left to its look around for the dead",
      axes: [.context], patienceSeconds: 6, woken),
  ]

  private static let none: [Timeout] = [
    .now, .after(nanoseconds: 0), .after(nanoseconds: -1), .after(nanoseconds: .min),
    .after(.zero), .after(.seconds(-5)),
  ]

  static func limits(_ stage: Stage) throws(Violation) {
    for strategy in [Strategy.all, .latest, .skip(count: 1)] {
      for wait in [WaitStrategy.spin, .standard, .park] {
        let sender = try stage.sender()
        let customer = try sender.customer(strategy: strategy, wait: wait)
        let end = try customer.attached()
        for limit in none + [.after(nanoseconds: 1_000_000)] {
          let start = MonotonicTime.nanoseconds()
          try customer.expect(.timedOut, timeout: limit, "a get of nothing within \(limit)")
          let found = try stage.doing("wait") { () throws(TransportError) in
            try end.waitForItem(timeout: limit)
          }
          try stage.expect(found, .timedOut, "a wait for nothing within \(limit)")
          // Both waited: only a lower bound can be asked of a busy machine.
          if case .after(let nanoseconds) = limit, nanoseconds > 0 {
            let waited = MonotonicTime.nanoseconds() - start
            try stage.expect(
              waited >= 2 * nanoseconds, "two waits of \(nanoseconds) ns", found: "\(waited) ns")
          }
        }
        try sender.publish(0..<2)
        try customer.expect(.item(strategy == .all ? 0 : 1), "the item after vain waits")
      }
    }
  }

  static func full(_ stage: Stage) throws(Violation) {
    for wait in 0..<none.count + 1 {
      let limit = wait < none.count ? none[wait] : .after(nanoseconds: 2_000_000)
      let sender = try stage.sender(capacity: 2)
      let customer = try sender.customer()
      try sender.publish(0..<2)
      try stage.expect(
        try sender.attempt(2, timeout: limit), .timedOut, "a put into a full ring within \(limit)")
      let room = try stage.doing("wait for room") { () throws(TransportError) in
        try sender.end.waitForRoom(timeout: limit)
      }
      try stage.expect(room, false, "room in a full ring within \(limit)")
      try stage.expect(sender.end.drain(timeout: limit), false, "a drain within \(limit)")
      try stage.expect(sender.end.droppedCount, 0, "the drops of puts that timed out")
      try customer.take([0])
      try stage.expect(
        try sender.attempt(2, timeout: limit), .published, "a put with room within \(limit)")
      try customer.take([1, 2])
      try stage.expect(sender.end.drain(timeout: limit), true, "a drain of an empty ring")
    }
  }

  /// As many hand-overs between sleepers as would take twice the check's patience if each were found
  /// by the look around alone, which comes every 50 ms.
  static func woken(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 1)
    let reader = try Reader(stage, try sender.place(wait: .park))
    for number in 0..<240 {
      try sender.publish(number..<number + 1)
      // Until the reader has released it; then it sleeps again.
      try stage.expect(sender.end.drain(timeout: Stage.patience), true, "a drain")
      Delay.sleep(50_000)
    }
    sender.end.end()
    try reader.expect(0..<240)
  }
}
