// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// The end of the stream.
enum EndChecks {
  static let all = [
    Check(
      "end-loses-nothing", "whatever the timing of puts, end and customers, every item comes first",
      axes: [.context, .serializer], patienceSeconds: 120, losesNothing),
    Check(
      "put-after-end", "a put after the end is an error, and disturbs nothing",
      axes: [.backpressure],
      putAfterEnd),
    Check(
      "terminate-is-now",
      "termination ends every customer's stream at once, sleepers' too, and what is left is counted",
      axes: [.context, .serializer], terminates),
    Check(
      "end-of-nothing", "a stream that ends before its first item ends", axes: [.context], nothing),
  ]

  static func losesNothing(_ stage: Stage) throws(Violation) {
    for round in 0..<stage.effort.rounds {
      var random = SeededRandom(seed: stage.seed, part: UInt64(round))
      let sender = try stage.sender(capacity: random.number(1...16))
      let count = random.number(0...40)
      var readers: [(reader: Reader, first: Int)] = []
      // From here on the ring keeps everything: it is retained for the first customer.
      let attached = try sender.customer()
      let early = random.number(0...2)
      for _ in 0..<early { readers.append((try Self.reader(sender, &random), 0)) }
      let split = random.number(0...min(count, sender.configuration.capacity))
      try sender.publish(0..<split)
      readers.append((try Self.reader(sender, &random), 0))
      try attached.take(0..<split)
      if random.oneIn(2) { attached.detach() }
      let waiting = attached.end == nil ? nil : attached
      for number in split..<count {
        try sender.publish(number..<number + 1)
        try waiting?.take([number])
      }
      if random.oneIn(2) { Delay.sleep(Int64(random.number(0...300_000))) }
      sender.end.end()
      for (reader, first) in readers { try reader.expect(first..<count) }
      try waiting?.expectEnd()
    }
  }

  private static func reader(
    _ sender: Sender, _ random: inout SeededRandom
  ) throws(Violation) -> Reader {
    let wait = random.pick([WaitStrategy.standard, .park, .spinThenPark(spins: 64)])
    let order = ReadOrder(
      delayNanoseconds: Int64(random.number(0...400_000)),
      pauseNanoseconds: Int64(random.number(0...60_000)), pauseEvery: random.number(0...4))
    return try Reader(sender.stage, try sender.place(wait: wait), order)
  }

  static func putAfterEnd(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 4)
    let customer = try sender.customer()
    try sender.publish(0..<2)
    sender.end.end()
    sender.end.end()
    try stage.expect(try sender.attempt(2), .ended, "a put after the end")
    try stage.expect(
      try sender.attempt(2, timeout: .never), .ended, "a put after the end that may wait")
    try stage.expect(try sender.attemptNowait(2), .ended, "a putNowait after the end")
    let error = try stage.failing("waiting for room after the end") { () throws(TransportError) in
      _ = try sender.end.waitForRoom(timeout: .never)
    }
    try stage.expect(error.code, .ended, "the error of waiting for room after the end")
    try stage.expect(sender.end.droppedCount, 0, "the drops of puts after the end")
    try customer.take(0..<2)
    try customer.expectEnd()
  }

  static func nothing(_ stage: Stage) throws(Violation) {
    for wait in [WaitStrategy.spin, .standard, .park] {
      let sender = try stage.sender()
      let customer = try sender.customer(wait: wait)
      let reader = try Reader(stage, try sender.place(wait: wait))
      sender.end.end()
      try reader.expect(0..<0)
      try customer.expectEnd()
    }
  }

  static func terminates(_ stage: Stage) throws(Violation) {
    for wait in [WaitStrategy.spin, .standard, .park] {
      for published in [0, 1, 5] { try terminates(stage, wait, published) }
    }
  }

  private static func terminates(
    _ stage: Stage, _ wait: WaitStrategy, _ published: Int
  ) throws(Violation) {
    let sender = try stage.sender(capacity: 8)
    let borrower = try sender.customer(wait: wait)
    let idler = try sender.customer(wait: wait)
    // Sleeps in a get, or soon will.
    let sleeper = published == 0 ? try Reader(stage, try sender.place(wait: wait)) : nil
    if sleeper != nil { Delay.sleep(1_000_000) }
    try sender.publish(0..<published)
    if published > 0 { try borrower.expect(.item(0)) }
    sender.end.terminate()
    sender.end.terminate()
    if published > 0 {
      try borrower.expect(.item(0), "the item that was borrowed when the stream was terminated")
      borrower.next()
    }
    for customer in [borrower, idler] {
      try customer.expectEnd()
      try stage.expect(try customer.count, 0, "items left after the termination")
    }
    try sleeper?.expect(0..<0)
    try stage.expect(
      try borrower.droppedCount, max(0, published - 1), "what a borrower did not get")
    try stage.expect(try idler.droppedCount, published, "what a customer that slept did not get")
    try stage.expect(try sender.attempt(published), .ended, "a put after the termination")
    try stage.expect(
      sender.end.drain(timeout: Stage.patience), true, "drained after the termination")
  }
}
