// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// Counters that pass 2^31, 2^32 and 2^63, and wrap at 2^64.
enum CounterChecks {
  static let all = [
    Check(
      "counters", "streams cross 2^31, 2^32, 2^63 and 2^64 items as if they were nothing",
      axes: [.context], counters)
  ]

  private static let starts: [UInt64] =
    [1 << 31, 1 << 32, 1 << 63, 0].flatMap { (edge: UInt64) in
      [edge &- 130, edge &- 7, edge &- 1, edge]
    }

  static func counters(_ stage: Stage) throws(Violation) {
    for start in starts {
      for strategy in [Strategy.all, .latest, .skip(count: 2)] {
        let sender = try stage.sender(capacity: 3, startingAt: start)
        let customer = try sender.customer(strategy: strategy)
        let name = "from \(start), \(strategy)"
        for batch in 0..<(strategy == .all ? 50 : 8) {
          let first = batch * 3
          try sender.publish(first..<first + 3)
          try stage.expect(try sender.attempt(9), .timedOut, "a put into a full ring \(name)")
          try stage.expect(sender.end.count, 3, "the count of a full ring \(name)")
          if strategy == .all {
            try customer.take(first..<first + 3)
          } else {
            try customer.take([first + 2])
            try stage.expect(try customer.skippedCount, 2 * (batch + 1), "what was skipped \(name)")
          }
          try stage.expect(sender.end.count, 0, "the count of an empty ring \(name)")
        }
        sender.end.end()
        try customer.expectEnd()
      }
    }
  }
}
