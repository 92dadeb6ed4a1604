// SPDX-License-Identifier: Apache-2.0
internal import CPeers
internal import Glibc
internal import SharedMemory

/// A ring of fixed slots behind one mutex, as message queues in shared memory usually are. Its segment
/// is bound and touched as the shared-memory store's is.
@safe
struct MutexRing: ~Copyable {
  let segment: Segment
  private let base: UnsafeMutableRawPointer
  private let terms: PeerTerms

  private init(_ segment: Segment, _ terms: PeerTerms) {
    self.segment = segment
    self.terms = terms
    // Good for as long as the segment is, which this value keeps.
    unsafe base = unsafe segment.withAddressRange { unsafe $0.baseAddress.unsafelyUnwrapped }
  }

  static func byteCount(_ terms: PeerTerms) -> Int {
    weir_mutex_ring_byte_count(terms.depth, terms.byteCount)
  }

  /// Makes an empty ring.
  /// - Parameter bind: gives the fresh segment its home before anybody touches it.
  static func create(
    _ terms: PeerTerms, bind: (Segment) throws -> Void
  ) throws -> Segment {
    let segment = try Segment.create(byteCount: byteCount(terms), label: "mutex-ring")
    try bind(segment)
    let result = unsafe segment.withAddressRange { unsafe weir_mutex_ring_prepare($0.baseAddress) }
    guard result >= 0 else {
      throw PeerError.refused(
        terms.kind, "pthread_mutex_init", Int64(result),
        remedy: "the system has no robust mutexes between processes; leave this peer out")
    }
    return segment
  }

  /// Maps the ring of an inherited descriptor.
  static func attach(_ port: PeerPort) throws -> MutexRing {
    let descriptor = try ByteChannel.duplicate(try port.channel().number)
    let segment = try Segment.attach(descriptor: descriptor)
    guard segment.byteCount >= byteCount(port.terms) else {
      throw PeerError(
        .unavailable, "mutex-ring: the segment is too small; run the same build throughout")
    }
    return MutexRing(segment, port.terms)
  }

  func send(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    unsafe weir_mutex_ring_send(
      base, terms.depth, terms.byteCount, bytes.baseAddress, bytes.count,
      PeerTerms.patienceNanoseconds)
  }

  func receive(into room: UnsafeMutableRawPointer) -> Int64 {
    unsafe weir_mutex_ring_receive(
      base, terms.depth, terms.byteCount, room, PeerTerms.patienceNanoseconds)
  }
}

struct MutexRingOutlet: ~Copyable, PeerOutlet {
  private let ring: MutexRing

  private init(_ ring: consuming MutexRing) { self.ring = ring }

  static func make(_ port: PeerPort) throws -> MutexRingOutlet {
    let ring = try MutexRing.attach(port)
    try ring.segment.populate(.forWriting)
    return MutexRingOutlet(ring)
  }

  mutating func send(_ bytes: UnsafeRawBufferPointer) -> Int64 { unsafe ring.send(bytes) }

  var segment: Segment? { ring.segment }
}

struct MutexRingInlet: ~Copyable, PeerInlet {
  private let ring: MutexRing
  private let room: PeerRoom

  private init(_ ring: consuming MutexRing, byteCount: Int) {
    self.ring = ring
    room = PeerRoom(byteCount: byteCount)
  }

  static func make(_ port: PeerPort) throws -> MutexRingInlet {
    let ring = try MutexRing.attach(port)
    // Under a first-touch policy the sender's touch decides.
    if !port.leavesFirstTouch { try ring.segment.populate(.forWriting) }
    return MutexRingInlet(ring, byteCount: port.terms.byteCount)
  }

  mutating func receive() -> Int64 { unsafe ring.receive(into: room.start) }

  var message: UnsafeRawPointer { unsafe UnsafeRawPointer(room.start) }
  var segment: Segment? { ring.segment }
}
