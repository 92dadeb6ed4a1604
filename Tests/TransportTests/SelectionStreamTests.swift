// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import SharedMemory
import Testing
import Transport
import TransportPeer

/// Streams read through selections: threads and processes, ends and deaths.
@Suite(.timeLimit(.minutes(10))) struct SelectionStreamTests {
  /// A noncopyable customer among others.
  private final class Inlet {
    var customer: Customer<Frame>
    init(_ customer: consuming Customer<Frame>) { self.customer = customer }
  }

  /// Reads all sources to their ends, any of them at a time; also counts the waits.
  private func readAny(_ inlets: [Inlet]) throws -> (numbers: [[Int]], last: Selection) {
    var numbers = [[Int]](repeating: [], count: inlets.count)
    while true {
      let found = try Selection.wait(
        .any, inlets.map { $0.customer.readiness() }, timeout: patience)
      if found.verdict == .over { return (numbers, found) }
      guard found.verdict == .found else { throw Stalled() }
      for place in found.ready {
        if let number = try inlets[place].customer.number() { numbers[place].append(number) }
        inlets[place].customer.next()
      }
    }
  }

  private func feeder(
    _ producer: consuming Producer<Frame>, _ count: Int, wait: Bool = false
  ) throws -> Worker<Void> {
    final class Box: @unchecked Sendable {
      // Sendable: used by the one thread that it is handed to.
      var producer: Producer<Frame>
      init(_ producer: consuming Producer<Frame>) { self.producer = producer }
    }
    let box = Box(producer)
    return try Worker {
      for number in 0..<count {
        try box.producer.put(numbers: number..<number + 1)
        // A full drain between puts makes the reader sleep for every item.
        if wait { _ = box.producer.drain() }
      }
      box.producer.end()
      _ = box.producer.drain(timeout: patience)
    }
  }

  @Test(arguments: everyWait)
  func anyReadsMixedStoresToTheirEnds(wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      let count = wait == .spin ? 300 : 4_000
      var list = try Producer.make(capacity: 4, wait: wait)
      var queue = try Producer.make(capacity: 4, wait: wait)
      var shm = try Producer.make(
        capacity: 4, wait: wait
      )
      let inlets = [
        Inlet(try list.customer(.list, wait: wait)), Inlet(try queue.customer(.queue, wait: wait)),
        Inlet(try shm.customer(.shm, wait: wait)),
        Inlet(try shm.customer(.shm, strategy: .skip(count: 1), wait: wait)),
      ]
      let one = try feeder(list, count)
      let two = try feeder(queue, count * 2)
      let three = try feeder(
        shm, count * 3
      )
      let (numbers, last) = try readAny(inlets)
      #expect(numbers[0] == Array(0..<count))
      #expect(numbers[1] == Array(0..<count * 2))
      #expect(numbers[2] == Array(0..<count * 3))
      #expect(numbers[3] == (0..<count * 3).filter { $0 % 2 == 1 })
      #expect(last.states == [.ended, .ended, .ended, .ended])
      try one.join()
      try two.join()
      try three.join()
    }
  }

  /// The reader sleeps before every item, and two producers wake it: a lost wake-up would show as a
  /// sleep that only the look-around after 50 ms ends.
  @Test(arguments: [StoreKind.list, .shm])
  func noWakeUpIsLost(store: StoreKind) throws {
    try withWatchdog(seconds: 300) {
      let count = 60_000
      var first = try Producer.make(wait: .park)
      var second = try Producer.make(wait: .park)
      let inlets = [
        Inlet(try first.customer(store, wait: .park)),
        Inlet(try second.customer(store, wait: .park)),
      ]
      let one = try feeder(first, count, wait: true)
      let two = try feeder(
        second, count, wait: true
      )
      var (overslept, taken) = (0, 0)
      while true {
        let before = MonotonicTime.nanoseconds()
        let found = try Selection.wait(.any, inlets.map { $0.customer.readiness() })
        // Both producers would have to be held up that long by the machine.
        if MonotonicTime.nanoseconds() - before > 45_000_000 { overslept += 1 }
        if found.verdict == .over { break }
        for place in found.ready {
          taken += 1
          inlets[place].customer.next()
        }
      }
      #expect(taken == 2 * count)
      #expect(overslept <= 10)
      try one.join()
      try two.join()
    }
  }

  @Test(arguments: everyStore)
  func allReadsInStepUntilOneEnds(store: StoreKind) throws {
    try withWatchdog(seconds: 120) {
      var first = try Producer.make()
      var second = try Producer.make()
      let inlets = [Inlet(try first.customer(store)), Inlet(try second.customer(.list))]
      let one = try feeder(first, 1_500)
      let two = try feeder(second, 1_000)
      var pairs = 0
      while true {
        let found = try Selection.wait(
          .all, inlets.map { $0.customer.readiness() }, timeout: patience)
        if found.verdict == .over {
          #expect(found.states[1] == .ended)
          break
        }
        #expect(found.verdict == .found)
        let numbers = try inlets.map { try $0.customer.number() }
        #expect(numbers == [pairs, pairs])
        for inlet in inlets { inlet.customer.next() }
        pairs += 1
      }
      #expect(pairs == 1_000)
      // What the longer one has left is still there.
      #expect(try inlets[0].customer.number() == 1_000)
      for _ in 0..<500 {
        _ = try inlets[0].customer.number()
        inlets[0].customer.next()
      }
      try one.join()
      try two.join()
    }
  }

  /// Starts a producer's process; the customers stay here.
  private func start(
    _ producer: consuming Producer<Frame>, count: Int, finish: String
  ) throws -> Child {
    let (handover, keeper) = try producer.handover()
    defer { withExtendedLifetime(keeper) {} }
    let json = String(decoding: try JSONEncoder().encode(handover), as: UTF8.self)
    return try Child.peer(
      ["producer", json, "64", String(count), finish], descriptors: handover.descriptors)
  }

  /// Producers in processes of their own: one ends, two are killed while they are selected upon.
  @Test(arguments: [WaitStrategy.spin, .standard, .park])
  func processesEndAndDieWhileSelected(wait: WaitStrategy) throws {
    try withWatchdog(seconds: 120) {
      var ending = try Producer.make(capacity: 4, itemByteCount: 64, wait: wait)
      var dying = try Producer.make(capacity: 4, itemByteCount: 64, wait: wait)
      var silent = try Producer.make(
        capacity: 4, itemByteCount: 64, wait: wait
      )
      let inlets = [
        Inlet(try ending.customer(.shm, wait: wait)), Inlet(try dying.customer(.queue, wait: wait)),
        Inlet(try silent.customer(.shm, wait: wait)),
      ]
      let children = [
        try start(ending, count: 500, finish: "end"),
        try start(dying, count: 300, finish: "drain-die"),
        try start(silent, count: 0, finish: "die"),
      ]
      var counts = [0, 0, 0]
      while true {
        let found = try Selection.wait(
          .any, inlets.map { $0.customer.readiness() }, timeout: patience)
        if found.verdict == .over {
          #expect(found.states == [.ended, .producerGone, .producerGone])
          break
        }
        #expect(found.verdict == .found)
        for place in found.ready {
          let frame = try inlets[place].customer.get(timeout: patience).value
          #expect(frame.map { Payload.matches($0, counts[place], count: 64) } == true)
          counts[place] += 1
          inlets[place].customer.next()
        }
      }
      #expect(counts == [500, 300, 0])
      #expect(children.map { $0.wait() } == [.exited(0), .signalled(9), .signalled(9)])
    }
  }
}
