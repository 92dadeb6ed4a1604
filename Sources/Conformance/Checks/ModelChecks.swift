// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// Random operations, each compared with the reference ring.
enum ModelChecks {
  static let all = [
    Check(
      "model", "random operations of a producer and its customers do what a plain model does",
      backpressures: Backpressure.allCases, patienceSeconds: 120, model)
  ]

  private static let steps = 120
  private static let mostCustomers = 4

  static func model(_ stage: Stage) throws(Violation) {
    for round in 0..<stage.effort.rounds {
      var random = SeededRandom(seed: stage.seed, part: UInt64(round))
      let play = try Play(stage, capacity: random.number(1...9), start: random.next())
      for _ in 0..<steps { try play.step(&random) }
      try play.finish()
    }
  }

  private final class Play {
    let stage: Stage
    let sender: Sender
    var model: ReferenceRing
    var customers: [Receiver?] = []
    /// The latest operations, to tell how it came to a violation.
    var history: [String] = []

    init(_ stage: Stage, capacity: Int, start: UInt64) throws(Violation) {
      self.stage = stage
      sender = try stage.sender(capacity: capacity, startingAt: start)
      model = ReferenceRing(capacity: capacity, whenFull: sender.whenFull)
    }

    func compare<Value: Equatable>(_ found: Value, _ due: Value, _ what: String) throws(Violation) {
      guard found != due else { return }
      throw stage.violation(
        "\(what) to be \(due) in a ring of \(model.capacity)",
        "\(found) after \(history.suffix(12).joined(separator: ", "))")
    }

    func step(_ random: inout SeededRandom) throws(Violation) {
      switch random.number(0...19) {
      case 0...6: try put(waits: true)
      case 7, 8: try put(waits: false)
      case 9...13: if let index = someone(&random) { try take(index) }
      case 14, 15: if let index = someone(&random) { try get(index) }
      case 16: if let index = someone(&random) { next(index) }
      case 17: if model.living.count < ModelChecks.mostCustomers { try attach(&random) }
      case 18: if random.oneIn(2), let index = someone(&random) { detach(index) }
      default: if random.oneIn(12) { end() }
      }
      try compareAll()
    }

    private func someone(_ random: inout SeededRandom) -> Int? {
      let living = model.living
      return living.isEmpty ? nil : random.pick(living)
    }

    private func put(waits: Bool) throws(Violation) {
      let number = model.head
      history.append(waits ? "put" : "putNowait")
      let due = model.put(waits: waits)
      let found = waits ? try sender.attempt(number) : try sender.attemptNowait(number)
      try compare(found, due, "a put")
    }

    private func get(_ index: Int) throws(Violation) {
      guard let customer = customers[index] else { return }
      history.append("get(\(index))")
      let due = model.get(index)
      // A queue's item may be on its way: only what is there is waited for.
      let found = try customer.get(timeout: due == .timedOut ? .now : Stage.patience)
      try compare(found, due, "a get of customer \(index)")
    }

    private func next(_ index: Int) {
      history.append("next(\(index))")
      model.next(index)
      customers[index]?.next()
    }

    private func take(_ index: Int) throws(Violation) {
      try get(index)
      next(index)
    }

    private func attach(_ random: inout SeededRandom) throws(Violation) {
      let strategy = random.pick(
        [Strategy.all, .all, .latest, .skip(count: UInt32(random.number(0...3)))])
      history.append("attach(\(customers.count), \(strategy))")
      model.attach(strategy)
      customers.append(try sender.customer(strategy: strategy))
    }

    private func detach(_ index: Int) {
      history.append("detach(\(index))")
      model.detach(index)
      customers[index] = nil
    }

    private func end() {
      history.append("end")
      model.end()
      sender.end.end()
    }

    private func compareAll() throws(Violation) {
      try compare(sender.end.count, model.count, "the producer's count")
      try compare(sender.end.isFull, model.isFull, "isFull")
      try compare(sender.end.droppedCount, model.dropped, "the count of drops")
      for index in model.living {
        guard let place = model.places[index], let customer = customers[index] else { continue }
        try compare(try customer.count, model.head - place.cursor, "customer \(index)'s count")
        try compare(
          try customer.skippedCount, place.skipped, "what customer \(index) skipped")
      }
    }

    /// Everybody reads to the end.
    func finish() throws(Violation) {
      end()
      for index in model.living {
        while model.get(index) != .ended { try take(index) }
        try get(index)
        try get(index)
      }
      try compareAll()
    }
  }
}
