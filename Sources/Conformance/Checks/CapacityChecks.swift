// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// How much a ring holds, and what becomes of what it cannot hold.
enum CapacityChecks {
  static let all = [
    Check(
      "capacity", "a ring holds its capacity exactly, and each release frees one place",
      axes: [.context, .backpressure], capacity),
    Check(
      "drops-counted", "every dropped item is counted, and nothing else is", axes: [.backpressure],
      drops),
    Check(
      "fail-keeps-all", "a full ring that fails says so and loses nothing", axes: [.context], fails),
    Check(
      "drop-oldest",
      "a full ring that drops the oldest takes it from the slowest, counts it, and never takes what "
        + "is borrowed", axes: [.context, .backpressure], backpressures: [.dropOldest], oldest),
    Check(
      "unused-place", "a place that is let go before anybody takes it holds nothing back",
      axes: [], unused),
    Check(
      "tight-memory", "items of all sizes fill the store's memory to the end and stay whole",
      axes: [.context], tight),
    Check(
      "backlog", "more than a channel holds waits for its customer and stays whole",
      axes: [.context, .serializer], backlog),
    Check(
      "byte-budget", "payload bytes stay below the budget, and each release gives its bytes back",
      axes: [.context, .serializer], budget),
  ]

  static func capacity(_ stage: Stage) throws(Violation) {
    for capacity in [1, 2, 3, 10, 100] {
      let sender = try stage.sender(capacity: capacity)
      let customer = try sender.customer()
      try sender.publish(0..<capacity)
      var (put, taken) = (capacity, 0)
      // More than a lap, so that every slot is used again.
      for _ in 0..<min(capacity + 3, 20) {
        try stage.expect(sender.end.isFull, true, "isFull with \(capacity) of \(capacity) items")
        try stage.expect(sender.end.count, capacity, "the count of a full ring")
        let refused = try sender.attempt(put)
        try stage.expect(
          refused, sender.whenFull.outcome, "a put into a full ring of \(capacity)")
        try customer.take([taken])
        taken += 1
        try stage.expect(
          sender.end.isFull, false, "isFull of a ring of \(capacity) after one release")
        try sender.publish(put..<put + 1)
        put += 1
      }
      try customer.take(taken..<put)
      try stage.expect(sender.end.count, 0, "the count when all is released")
    }
  }

  static func drops(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 4)
    let customer = try sender.customer()
    var (dropped, next) = (0, 0)
    for round in 1...5 {
      var due: [Int] = []
      for place in 0..<4 + round {
        let outcome = try sender.attempt(next)
        if outcome == .dropped { dropped += 1 }
        try stage.expect(
          outcome, place < 4 ? .published : sender.whenFull.outcome,
          "put \(place) of round \(round)")
        if outcome == .published { due.append(next) }
        next += 1
      }
      // A put that does not wait counts where nothing else becomes of the item.
      let outcome = try sender.attemptNowait(next)
      if outcome == .dropped { dropped += 1 }
      try stage.expect(
        outcome, sender.whenFull == .fails ? .full : .dropped, "a putNowait into a full ring")
      next += 1
      try stage.expect(sender.end.droppedCount, dropped, "the count of drops in round \(round)")
      try customer.take(due)
    }
  }

  static func fails(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 3, backpressure: .fail)
    let customer = try sender.customer()
    var (put, taken) = (0, 0)
    for round in 0..<30 {
      while put - taken < 3 {
        try sender.publish(put..<put + 1)
        put += 1
      }
      try stage.expect(try sender.attempt(put), .full, "a put into a full ring that fails")
      try stage.expect(
        try sender.attempt(put, timeout: Stage.patience), .full, "a patient put into a full ring")
      let count = round % 3 + 1
      try customer.take(taken..<taken + count)
      taken += count
    }
    try stage.expect(sender.end.droppedCount, 0, "the count of drops of a ring that fails")
    sender.end.end()
    try customer.take(taken..<put)
    try customer.expectEnd()
  }
}
