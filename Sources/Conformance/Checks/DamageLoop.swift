// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Serialization
internal import SharedMemory
internal import Synchronization
internal import Transport

/// What to damage, for how long.
struct DamageOrder: Codable, Sendable {
  var seed: UInt64
  var rounds: Int
  var serializer: String
}

/// Both ends of a shared-memory stream while bits of their segment are flipped. It is to be run in a
/// process that may crash: that it ends is all that is asked of it.
enum DamageLoop {
  /// No wait here may take longer than a look around for the dead.
  private static let moment = Timeout.after(nanoseconds: 300_000)

  /// - Returns: what was seen, for people.
  static func run(_ order: DamageOrder) -> String {
    var (flips, errors, delivered) = (0, 0, 0)
    for round in 0..<order.rounds {
      var random = SeededRandom(seed: order.seed, part: UInt64(round))
      do throws(TransportError) {
        let result = try play(order.serializer, &random)
        flips += result.flips
        errors += result.errors
        delivered += result.delivered
      } catch {
        errors += 1
      }
    }
    return "\(flips) flips, \(errors) errors, \(delivered) items"
  }

  private struct Tally { var (flips, errors, delivered) = (0, 0, 0) }

  private static func play(
    _ serializer: String, _ random: inout SeededRandom
  ) throws(TransportError) -> Tally {
    let capacity = random.number(1...20)
    var producer = try Producer<Frame>(
      ProducerConfiguration(
        capacity: capacity, arenaByteCount: 4096 * random.number(1...8), customerLimit: 4,
        backpressure: random.pick(Backpressure.allCases)))
    let strategy = random.pick([Strategy.all, .latest, .skip(count: 2)])
    let source = SourceConfiguration(store: .shm, serializer: serializer, strategy: strategy)
    let tickets = [
      try producer.makeSource(SourceConfiguration(store: .shm, serializer: serializer)),
      try producer.makeSource(source),
    ]
    var one = try Customer(tickets[0])
    var other = try Customer(tickets[1])
    var tally = Tally()
    let flipper = random.oneIn(4) ? try? Flipper(producer.segment, random.next()) : nil
    for number in 0..<120 {
      if flipper == nil, random.oneIn(3) {
        Self.flip(producer.segment, &random)
        tally.flips += 1
      }
      let frame = Specimen.frame(number)
      attempt(&tally) { () throws(TransportError) in _ = try producer.put(frame, timeout: moment) }
      if random.oneIn(3) { _ = (producer.count, producer.isFull, producer.droppedCount) }
      read(&one, &tally, &random)
      if random.oneIn(2) { read(&other, &tally, &random) }
    }
    attachAnew(producer.segment, tickets[0], &tally)
    flipper?.stop()
    producer.end()
    _ = producer.drain(timeout: moment)
    read(&one, &tally, &random)
    return tally
  }

  private static func attempt(_ tally: inout Tally, _ body: () throws(TransportError) -> Void) {
    do throws(TransportError) { try body() } catch { tally.errors += 1 }
  }

  private static func read(
    _ customer: inout Customer<Frame>, _ tally: inout Tally, _ random: inout SeededRandom
  ) {
    do throws(TransportError) {
      let way = random.number(0...3)
      switch way {
      case 0: if try customer.get(timeout: moment).value != nil { tally.delivered += 1 }
      case 1:
        let size = try customer.readBytes(timeout: moment) { $0.byteCount }
        if size.value != nil { tally.delivered += 1 }
      case 2:
        let size = try customer.read(timeout: moment) { $1.byteCount }
        if size.value != nil { tally.delivered += 1 }
      default:
        // Gives back what it read: no next is due.
        _ = try customer.readBatch(upTo: 8, timeout: moment) { _ in tally.delivered += 1 }
        return
      }
    } catch {
      tally.errors += 1
    }
    _ = (customer.count, customer.isLast, customer.skippedCount)
    customer.next()
  }

  /// A stranger who maps the damaged segment.
  private static func attachAnew(
    _ segment: Segment, _ ticket: SourceTicket<Frame>, _ tally: inout Tally
  ) {
    attempt(&tally) { () throws(TransportError) in
      var handover = try ticket.handover()
      do throws(SharedMemoryError) {
        handover.descriptors = [try ByteChannel.duplicate(segment.descriptor)]
      } catch {
        throw TransportError(.sharedMemory(error), error.description)
      }
      var customer = try Customer<Frame>(handover)
      _ = try customer.get(timeout: moment)
    }
  }

  /// Flips one bit: mostly of the control lines and slots, which have something to say.
  static func flip(_ segment: Segment, _ random: inout SeededRandom) {
    let words = segment.byteCount / 8
    let word =
      random.oneIn(4) ? random.number(0...words - 1) : random.number(0...min(words, 512) - 1)
    let place = segment.uint64(at: word * 8)
    place.storeRelaxed(place.loadRelaxed() ^ (1 << UInt64(random.number(0...63))))
  }

  /// Flips bits while both ends work.
  private final class Flipper {
    private final class Flag: Sendable {
      let isSet = Atomic(false)
    }

    private let flag = Flag()
    private let thread: ThreadBox

    init(_ segment: Segment, _ seed: UInt64) throws {
      let flag = flag
      thread = try ThreadBox {
        var random = SeededRandom(seed: seed)
        // Acquire: pairs with the release in stop().
        while !flag.isSet.load(ordering: .acquiring) {
          DamageLoop.flip(segment, &random)
          Delay.sleep(5_000)
        }
      }
    }

    func stop() {
      flag.isSet.store(true, ordering: .releasing)
      thread.join()
    }
  }
}
