// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// Which items a strategy takes: the vectors of REIP's specification.
enum StrategyChecks {
  static let all = [
    Check(
      "strategy-all", "`all` takes every item, and again until it is released",
      axes: [.context], takesAll),
    Check(
      "strategy-latest", "`latest` takes the newest item and counts those before as skipped",
      axes: [.context, .serializer], takesLatest),
    Check(
      "strategy-skip", "`skip` k takes items k, 2k+1, 3k+2, … and keeps its progress",
      axes: [.context, .serializer], takesEvery),
    Check(
      "default-values", "N items come before the defaults, and no default after the end",
      axes: [.context], defaults),
  ]

  /// Long enough to see that nothing comes, short enough to do it often.
  static let glance = Timeout.after(nanoseconds: 5_000_000)

  static func takesAll(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 16)
    let customer = try sender.customer()
    try sender.publish(0..<10)
    for number in 0..<10 {
      for _ in 0..<3 { try customer.expect(.item(number), "a get repeated before next") }
      customer.next()
    }
    try stage.expect(try customer.skippedCount, 0, "what `all` skipped")
    customer.next()
    try sender.publish(10..<11)
    try customer.expect(.item(10), "the item after a next past the end")
  }

  static func takesLatest(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 16)
    let customer = try sender.customer(strategy: .latest)
    try sender.publish(0..<10)
    try customer.expect(.item(9), "the latest of items 0 to 9")
    try sender.publish(10..<12)
    try customer.expect(.item(9), "the latest while it is borrowed")
    try stage.expect(try customer.skippedCount, 9, "what was skipped before item 9")
    customer.next()
    try customer.expect(.item(11), "the latest of items 10 and 11")
    customer.next()
    try stage.expect(try customer.skippedCount, 10, "what was skipped before item 11")
    try customer.expect(.timedOut, timeout: glance, "the latest of nothing")
    try sender.publish(12..<13)
    sender.end.end()
    try customer.take([12])
    try customer.expectEnd()
  }

  static func takesEvery(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 16)
    let customer = try sender.customer(strategy: .skip(count: 2))
    try sender.publish(0..<10)
    try customer.take([2, 5, 8])
    try customer.expect(.timedOut, timeout: glance, "a skip with one item left")
    try stage.expect(try customer.skippedCount, 7, "what was skipped of 0 to 9")
    // The second batch goes on where the first one stopped.
    try sender.publish(10..<15)
    try customer.expect(.item(11), "the item after 9 and 10 were passed over")
    try customer.expect(.item(11), "the same item, asked again")
    customer.next()
    try customer.take([14])
    try sender.publish(15..<16)
    sender.end.end()
    try customer.expectEnd()
    let single = try stage.sender(capacity: 16)
    let other = try single.customer(strategy: .skip(count: 1))
    try single.publish(0..<6)
    try other.take([1, 3, 5])
    try stage.expect(try other.skippedCount, 3, "what skip 1 passed over of 0 to 5")
  }

  static func defaults(_ stage: Stage) throws(Violation) {
    let filler = 7_777
    for strategy in [Strategy.all, .latest, .skip(count: 1)] {
      let sender = try stage.sender(capacity: 8)
      let customer = try sender.customer(strategy: strategy)
      try sender.publish(0..<4)
      let end = try customer.attached()
      end.defaultItem = Specimen.frame(filler, byteCount: 100)
      let due: [Int] =
        switch strategy {
        case .all: [0, 1, 2, 3]
        case .latest: [3]
        case .skip: [1, 3]
        case .named: []
        }
      try customer.take(due)
      for _ in 0..<5 {
        try customer.expect(.byDefault(filler), "the default with nothing left (\(strategy))")
        customer.next()
      }
      try stage.expect(end.isEmpty, false, "emptiness of a source with a default")
      try stage.expect(end.isLast, true, "being last with a default and nothing else")
      try sender.publish(4..<6)
      try customer.take(strategy == .all ? [4, 5] : [5])
      sender.end.end()
      try customer.expectEnd()
      end.defaultItem = nil
      try customer.expectEnd()
    }
  }
}
