// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// Who gets which items, and in which order.
enum OrderChecks {
  static let all = [
    Check("order", "a customer gets every item once, in the order of the puts", order),
    Check(
      "exactly-once", "each of several customers gets every item exactly once",
      axes: [.context, .backpressure], everyCustomerOnce),
    Check(
      "independent-cursors", "a slow customer takes nothing from a fast one, nor the reverse",
      axes: [.context], independentCursors),
    Check(
      "late-attach", "a late customer starts at the oldest item that is retained",
      axes: [.context, .serializer], lateAttach),
    Check("detach", "a customer that leaves holds nothing back", axes: [.context], detach),
  ]

  static func order(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 16)
    let reader = try Reader(stage, try sender.place())
    let dropped = try sender.stream(0..<stage.effort.items)
    try stage.expect(sender.end.droppedCount, dropped, "the count of drops")
    sender.end.end()
    try reader.expect(0..<stage.effort.items)
  }

  static func everyCustomerOnce(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 5)
    let waits = [WaitStrategy.standard, .park, .standard]
    var readers: [Reader] = []
    for (index, wait) in waits.enumerated() {
      let order = ReadOrder(pauseNanoseconds: 20_000, pauseEvery: index * 7)
      readers.append(try Reader(stage, try sender.place(wait: wait), order))
    }
    try sender.stream(0..<stage.effort.items)
    sender.end.end()
    for reader in readers { try reader.expect(0..<stage.effort.items) }
  }

  static func independentCursors(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 8)
    let (fast, slow) = (try sender.customer(), try sender.customer())
    try sender.publish(0..<8)
    try fast.take(0..<8)
    try fast.expect(.timedOut, timeout: .now, "the fast customer at the end")
    try stage.expect(try slow.count, 8, "what waits for the slow customer")
    try slow.take(0..<3)
    try stage.expect(try fast.count, 0, "what waits for the fast customer")
    try sender.publish(8..<11)
    try stage.expect(sender.end.isFull, true, "a ring whose slow customer released 3 of 8")
    try fast.take(8..<11)
    try slow.take(3..<11)
    sender.end.end()
    try fast.expectEnd()
    try slow.expectEnd()
  }

  static func lateAttach(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 8)
    let first = try sender.customer()
    try sender.publish(0..<5)
    try first.take(0..<2)
    let late = try sender.customer()
    try stage.expect(try late.count, 3, "what a late customer finds, 2 of 5 being released")
    try late.take(2..<5)
    try first.take(2..<5)
    let last = try sender.customer()
    try stage.expect(try last.count, 0, "what a customer finds when all was released")
    try sender.publish(5..<6)
    for customer in [first, late, last] { try customer.take(5..<6) }
    try sender.publish(6..<8)
    sender.end.end()
    let afterEnd = try sender.customer()
    for customer in [first, late, last, afterEnd] {
      try customer.take(6..<8)
      try customer.expectEnd()
    }
  }

  static func detach(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 4)
    let (leaving, staying) = (try sender.customer(), try sender.customer())
    try sender.publish(0..<4)
    try staying.take(0..<4)
    try stage.expect(sender.end.isFull, true, "a ring whose second customer took nothing")
    try leaving.expect(.item(0), "the item that it leaves with")
    leaving.detach()
    try stage.expect(sender.end.count, 0, "what is held back after it left")
    try sender.publish(4..<8)
    try staying.take(4..<8)
  }
}
