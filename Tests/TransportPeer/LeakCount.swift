// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import Serialization
internal import SharedMemory
internal import Transport

extension Peer {
  /// Makes and drops every kind of end many times, also the ways that fail, and reports how many
  /// descriptors are open before and after, and whether a descriptor was closed twice.
  ///
  /// In a process of its own, where nobody else opens or closes anything.
  static func countLeaks() throws {
    try cycle()  // What the runtime opens once and keeps.
    let before = openDescriptors()
    for _ in 0..<20 { try cycle() }
    report("before=\(before) after=\(openDescriptors())")
  }

  private static func openDescriptors() -> Int {
    // The listing itself opens one, both times.
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1
  }

  private static func cycle() throws {
    for store in [StoreKind.list, .queue, .shm] {
      try roundTrip(store)
      try failures(store)
    }
    try handOver()
  }

  private static func makeProducer() throws -> Producer<Frame> {
    try Producer<Frame>(ProducerConfiguration(capacity: 4, arenaByteCount: 8192, customerLimit: 2))
  }

  private static func roundTrip(_ store: StoreKind) throws {
    var producer = try makeProducer()
    // More customers than places, one after the other: places are used again.
    for index in 0..<5 {
      let ticket = try producer.makeSource(SourceConfiguration(store: store, serializer: "raw"))
      var customer = try Customer(ticket)
      _ = try producer.put(Payload.frame(index, count: 100))
      guard let frame = try customer.get(timeout: .after(.seconds(10))).value,
        Payload.matches(frame, index, count: 100)
      else { throw Failed(what: "\(store) round trip") }
      customer.next()
    }
    producer.end()
  }

  private static func failures(_ store: StoreKind) throws {
    var producer = try makeProducer()
    // An unknown serializer, in the middle of setting up a source.
    _ = try? producer.makeSource(SourceConfiguration(store: .queue, serializer: "nonesuch"))
    let ticket = try producer.makeSource(SourceConfiguration(store: store, serializer: "raw"))
    let customer = try Customer(ticket)
    // A second customer of the same ticket.
    _ = try? Customer(ticket)
    _ = consume customer
    // Places of nobody.
    guard store != .list else { return }
    let next = try producer.makeSource(SourceConfiguration(store: store, serializer: "raw"))
    let handover = try next.handover()
    for index in [-1, 2, 1 << 40] {
      _ = try? Customer<Frame>(try altered(handover, index: index))
    }
    // Too few and too many descriptors, and one that is no segment.
    var short = handover
    short.descriptors = try duplicates(Array(handover.descriptors.dropLast()))
    _ = try? Customer<Frame>(short)
    var long = handover
    long.descriptors = try duplicates(handover.descriptors + [0, 0])
    _ = try? Customer<Frame>(long)
    var foreign = handover
    foreign.descriptors = try duplicates(handover.descriptors.map { _ in 0 })
    _ = try? Customer<Frame>(foreign)
  }

  private static func handOver() throws {
    var producer = try makeProducer()
    let ticket = try producer.makeSource(SourceConfiguration(store: .queue, serializer: "raw"))
    let other = try producer.makeSource(SourceConfiguration(store: .shm, serializer: "raw"))
    let (handover, keeper) = try producer.handover()
    var here = handover
    here.descriptors = try duplicates(handover.descriptors)
    var attached = try Producer<Frame>.attach(here)
    // A second producer of the same ring, and a handover that lacks a descriptor.
    here.descriptors = try duplicates(handover.descriptors)
    _ = try? Producer<Frame>.attach(here)
    here.descriptors = try duplicates(Array(handover.descriptors.dropLast()))
    _ = try? Producer<Frame>.attach(here)
    var places = [try ticket.handover(), try other.handover()]
    for index in places.indices {
      places[index].descriptors = try duplicates(places[index].descriptors)
    }
    var queue = try Customer<Frame>(places[0])
    var shm = try Customer<Frame>(places[1])
    _ = try attached.put(Payload.frame(7, count: 300))
    for frame in [try queue.get(timeout: .never).value, try shm.get(timeout: .never).value] {
      guard let frame, Payload.matches(frame, 7, count: 300) else {
        throw Failed(what: "handed-over round trip")
      }
    }
    queue.next()
    shm.next()
    attached.end()
    _ = keeper
  }

  private struct Failed: Error { let what: String }

  private static func duplicates(_ descriptors: [CInt]) throws -> [CInt] {
    try descriptors.map { try ByteChannel.duplicate($0) }
  }

  /// A handover for another place, as a damaged or hostile description would have it.
  private static func altered(_ handover: SourceHandover, index: Int) throws -> SourceHandover {
    let text = String(decoding: try JSONEncoder().encode(handover), as: UTF8.self)
    let changed = text.replacingOccurrences(
      of: "\"index\":\(handover.index)", with: "\"index\":\(index)")
    var result = try JSONDecoder().decode(SourceHandover.self, from: Data(changed.utf8))
    result.descriptors = try duplicates(handover.descriptors)
    return result
  }
}
