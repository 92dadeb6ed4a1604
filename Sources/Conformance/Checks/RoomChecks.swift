// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// What makes room in a ring, beside the items that customers release one by one.
extension CapacityChecks {
  static func oldest(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 4)
    let slow = try sender.customer()
    let quick = try sender.customer()
    try sender.publish(0..<4)
    try quick.take(0..<4)
    try sender.publish(4..<10)
    try stage.expect(sender.end.droppedCount, 6, "items taken away by six puts into a full ring")
    try slow.expect(.item(6), "the oldest item that is left")
    try quick.take([6])
    // What one borrows stays; the newest is dropped then, and counted.
    try stage.expect(try sender.attempt(10), .dropped, "a put while the oldest is borrowed")
    try slow.expect(.item(6), "the item that is borrowed")
    try stage.expect(sender.end.droppedCount, 7, "drops with the one of a borrowed ring")
    slow.next()
    try sender.publish(11..<14)
    sender.end.end()
    try slow.take([9, 11, 12, 13])
    try slow.expectEnd()
    try quick.take([9, 11, 12, 13])
    try quick.expectEnd()
  }

  static func budget(_ stage: Stage) throws(Violation) {
    let size = 300
    let sender = try stage.sender(capacity: 16, byteBudget: 4 * size)
    let customer = try sender.customer()
    var (put, taken) = (0, 0)
    for round in 0..<20 {
      while put - taken < 4 {
        let outcome = try sender.attempt(put, byteCount: size)
        try stage.expect(outcome, .published, "put \(put) below the budget")
        put += 1
      }
      let refused = try sender.attempt(put, byteCount: size)
      try stage.expect(refused, .timedOut, "a fifth of four items' bytes")
      let small = try sender.attempt(put, byteCount: 8)
      try stage.expect(small, .timedOut, "eight bytes beyond the budget")
      try customer.take(taken..<taken + round % 4 + 1)
      taken += round % 4 + 1
    }
    sender.end.end()
    try customer.take(taken..<put)
    try customer.expectEnd()
  }

  static func unused(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 2)
    let customer = try sender.customer()
    for round in 0..<4 {
      do { _ = try sender.place() }
      try sender.publish(round * 2..<round * 2 + 2)
      try customer.take(round * 2..<round * 2 + 2)
    }
    try stage.expect(sender.end.evictedCount, 0, "customers that were taken for dead")
  }

  static func tight(_ stage: Stage) throws(Violation) {
    var random = SeededRandom(seed: stage.seed, part: 0)
    for _ in 0..<stage.effort.rounds {
      let sender = try stage.sender(capacity: 32, arenaByteCount: 8192)
      let customer = try sender.customer()
      var (put, taken) = (0, 0)
      for _ in 0..<60 {
        while put - taken < 32 {
          let size = random.number(113...3000)
          guard try sender.attempt(put, byteCount: size) == .published else { break }
          put += 1
        }
        let count = random.number(1...max(1, (put - taken) / 2))
        try customer.take(taken..<taken + count)
        taken += count
      }
      sender.end.end()
      try customer.take(taken..<put)
      try customer.expectEnd()
    }
  }

  static func backlog(_ stage: Stage) throws(Violation) {
    let (count, size) = (60, Specimen.largestByteCount)
    let sender = try stage.sender(capacity: 64, itemByteCount: size)
    let customer = try sender.customer()
    for round in 0..<2 {
      let numbers = round * count..<(round + 1) * count
      for number in numbers {
        let outcome = try sender.attempt(number, timeout: Stage.patience, byteCount: size)
        try stage.expect(outcome, .published, "the put of item \(number)")
      }
      // The first get asks for all that is there: more than any channel holds.
      try customer.expect(.item(numbers.lowerBound), "the first of a backlog")
      Delay.sleep(2_000_000)
      try customer.take(numbers)
    }
    sender.end.end()
    try customer.expectEnd()
  }
}
