// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import Serialization
internal import SharedMemory
internal import Transport

/// Ends that find each other by name: nothing is inherited.
extension Peer {
  /// `publish DIRECTORY NAME CAPACITY BYTES COUNT MODE`: puts numbered items, COUNT of them or, with
  /// -1, until it is killed. The mode is `block`, `drop-newest` or `fail`, as its backpressure; with
  /// `-first` after it, items are put only once a customer is there.
  static func publish(_ arguments: [String]) throws {
    let directory = RuntimeDirectory(path: arguments[1])
    let (capacity, byteCount) = (Int(arguments[3])!, Int(arguments[4])!)
    let (count, mode) = (Int(arguments[5])!, arguments[6])
    let backpressure = Backpressure(rawValue: mode.replacingOccurrences(of: "-wait", with: ""))!
    var producer = try Producer<Frame>(
      ProducerConfiguration(
        capacity: capacity,
        arenaByteCount: ProducerConfiguration.arenaByteCount(
          depth: capacity, itemByteCount: byteCount),
        customerLimit: 4, backpressure: backpressure,
        // The number of an item is that of its put only while none is skipped.
        skipsWithoutCustomers: mode.hasSuffix("-wait")))
    try producer.publish(as: arguments[2], serializer: "raw", in: directory)
    report("published")
    var index = 0
    var dropped = 0
    while count < 0 || index < count {
      let bytes = Payload.numbered(index, count: byteCount)
      switch try producer.put(bytes: bytes.bytes, timeout: .after(.seconds(60))) {
      case .published: index += 1
      case .dropped: dropped += 1
      case .noCustomers: usleep(100)
      case .timedOut:
        report("stuck at \(index)")
        exit(1)
      }
    }
    producer.end()
    let drained = producer.drain(timeout: .after(.seconds(60)))
    report("published=\(index) evicted=\(producer.evictedCount) drained=\(drained)")
  }

  /// What one customer found.
  private struct Take {
    var items = 0
    var status = ""
  }

  /// Reads up to `limit` numbered items and says whether they followed each other.
  private static func take(_ customer: inout Customer<Frame>, _ limit: Int) -> Take {
    var take = Take()
    var expected: Int?
    while take.status.isEmpty, take.items < limit {
      do throws(TransportError) {
        let found = try customer.readBytes(timeout: .after(.seconds(60))) { span in
          (span.byteCount, Payload.number(of: span))
        }
        switch found {
        case .item((let byteCount, let number)), .byDefault((let byteCount, let number)):
          guard let number else {
            take.status = "damaged(\(byteCount) bytes)"
            break
          }
          if let expected, number != expected { take.status = "\(number) after \(expected - 1)" }
          expected = number + 1
          take.items += 1
          customer.next()
        case .timedOut: take.status = "timedOut"
        case .ended: take.status = "ended"
        }
      } catch {
        take.status = "\(error.code)"
      }
    }
    return take
  }

  /// `attach DIRECTORY NAME LIMIT WAIT MODE`: reads LIMIT items, then leaves (`leave`), kills itself
  /// (`die`) or stays attached without reading (`stay`). With `nobody` it gives its rights up first.
  static func attach(_ arguments: [String]) throws {
    if arguments[5] == "nobody" {
      guard setgid(65534) == 0, setuid(65534) == 0 else {
        report("unprivileged")
        return
      }
    }
    let wait = WaitStrategy(named: arguments[4])!
    var customer = try Customer<Frame>(
      attaching: arguments[2], wait: wait, in: RuntimeDirectory(path: arguments[1]))
    report("attached")
    let found = take(&customer, Int(arguments[3])!)
    report("items=\(found.items) status=\(found.status)")
    if arguments[5] == "die" { kill(getpid(), SIGKILL) }
    // A condition that the compiler cannot decide, or it would let the customer go before.
    while arguments[5] == "stay" { pause() }
    _ = consume customer
  }

  /// `cycle DIRECTORY NAME CYCLES LIMIT WAIT`: attaches, reads and leaves again and again.
  static func cycleAttachments(_ arguments: [String]) throws {
    let (cycles, limit) = (Int(arguments[3])!, Int(arguments[4])!)
    let wait = WaitStrategy(named: arguments[5])!
    var items = 0
    for cycle in 0..<cycles {
      var customer = try Customer<Frame>(
        attaching: arguments[2], wait: wait, in: RuntimeDirectory(path: arguments[1]))
      // As many as it takes to lap the ring, or none at all.
      let found = take(&customer, cycle % 7 == 0 ? 0 : limit)
      items += found.items
      guard found.status.isEmpty else {
        report("cycle \(cycle): \(found.status) after \(found.items) items")
        exit(1)
      }
    }
    report("cycles=\(cycles) items=\(items)")
  }

  /// `replicate DIRECTORY NAME AS WAIT`: copies a ring into one of its own, published as AS, to the end;
  /// nothing is copied before a customer is there.
  static func replicate(_ arguments: [String]) throws {
    let directory = RuntimeDirectory(path: arguments[1])
    let source = try Customer<Frame>(
      attaching: arguments[2], wait: WaitStrategy(named: arguments[4])!, in: directory)
    var replica = try Replica(of: source)
    try replica.publish(as: arguments[3], in: directory)
    report("published")
    while try RingSnapshot.named(arguments[3], in: directory).customers.isEmpty { usleep(100) }
    try replica.run()
    let drained = replica.drain(timeout: .after(.seconds(60)))
    report(
      "carried=\(replica.carriedCount) discarded=\(replica.discardedCount) drained=\(drained)")
  }
}
