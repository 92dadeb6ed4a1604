// SPDX-License-Identifier: Apache-2.0
//
// The segment of one producer and its customers, layout version 4. Little-endian; every field is
// naturally aligned; what two processes write never shares 128 bytes (two lines are fetched
// together by the adjacent-line prefetcher of current x86 cores).
//
//      0  magic u64 · version u32 · customerLimit u32 · capacity u64 · slotCount u64
//     32  slotsOffset u64 · arenaOffset u64 · arenaByteCount u64 · segmentByteCount u64
//     64  headerCheck u64: exclusive or of the eight words before
//    128  head u64 · dropped u64 · evicted u64                           written by the producer
//    256  customers' wait point (event, parked, parkable: u32) · state u32
//    384  producer's wait point (event, parked, parkable: u32) · serverParked u32
//         producerState u32 · placesMade u32 · rules u32 · … · producerSpace u32 · producerProcess u32 at 440
//    448  serializer of the payloads in slots and arena: byte count u32 · up to 60 bytes of UTF-8
//    512  customer 0: cursor u64 · skipped u64 · requestStart u64 · requestEnd u64 · state u32
//                     lease u32 · dropped u64 · process u32 · store u32 · strategy u32 · skip u32
//                     space u32
//    640  customer 1 …
//      …  slots, 128 bytes each:  sequence u64 · info u64 · 112 bytes
//                                 info = byte count (low 56 bits) | kind (high 8 bits)
//                                 kind 1: the bytes are the 112 bytes; kind 2: u64 arena offset
//      …  arena, page aligned: payloads above 112 bytes, a byte ring
//
// The head may lag behind the slots by up to 64 items while only customers that take every item
// from the slots read: see Producer.publish.
//
// Slot of item n is n mod slotCount; its sequence is n + 1 once item n is published, so one line
// transfer tells a customer both that the item exists and, up to 48 bytes, what it is. A slot has a
// pair of lines, which are fetched together: polling one does not take the next one from its writer.
//
// Who polls what: a customer the sequence of its next slot, which stays in its cache until the producer
// writes it; the producer the customers' cursors, when it has no room that it knows of, and those stay in
// its cache likewise. Where the lines' home is counts when one moves from cache to cache across NUMA
// nodes, and a home is given by the page: the first one holds the header, 28 customers and, in a ring for
// fewer, slots; a huge page holds it all. So a segment has one home, its producer's unless asked otherwise:
// there live the cursors that it polls. A page for each customer would cost the producer's look at 64 of
// them 64 pages instead of two, and still leave the slots, which all customers poll, on one node. What
// they poll is on their own node where that has a ring of its own: see Replica.

internal import CLinux

/// Sizes and offsets of a ring segment.
public struct RingLayout: Hashable, Sendable {
  static let magic: UInt64 = 0x474E_4952_5249_4557  // "WEIRRING"
  public static let version: UInt32 = 4
  static let lineStride = 128
  static let headerCheckOffset = 64
  static let headOffset = 128
  static let droppedOffset = 136
  static let evictedOffset = 144
  static let customersWaitOffset = 256
  static let stateOffset = 268
  static let producerWaitOffset = 384
  static let serverParkedOffset = 396
  static let producerStateOffset = 400
  static let placesMadeOffset = 404
  static let rulesOffset = 408
  static let producerSpaceOffset = 440
  static let producerProcessOffset = 444
  static let serializerOffset = 448
  static let customersOffset = 512
  @usableFromInline static let slotStride = 128
  /// Payload bytes that travel inside the slot; the first 48 share the sequence's line.
  public static let inlineByteCount = 112
  /// Payload bytes that share the sequence's line.
  @usableFromInline static let firstLineByteCount = 48
  /// Items are told apart by 64-bit counters, but a ring of more slots than this is a mistake.
  public static let maximumCapacity = 1 << 24
  public static let maximumCustomers = 4096
  /// Payloads in the arena start on their own cache line.
  public static let arenaAlignment = 64

  /// Items the ring holds at most.
  public let capacity: Int
  /// Slots: the capacity rounded up to a power of two.
  public let slotCount: Int
  public let customerLimit: Int
  public let arenaByteCount: Int

  /// - Parameters:
  ///   - capacity: items, 1 to ``maximumCapacity``.
  ///   - customerLimit: customers that may ever attach at once, 1 to ``maximumCustomers``.
  ///   - arenaByteCount: room for payloads above ``inlineByteCount``; 0 when there are none.
  public init(
    capacity: Int, customerLimit: Int, arenaByteCount: Int
  ) throws(SharedMemoryError) {
    guard (1...Self.maximumCapacity).contains(capacity) else {
      throw SharedMemoryError(
        .invalidArgument,
        "a ring of \(capacity) items cannot be made; ask for 1 to \(Self.maximumCapacity)")
    }
    guard (1...Self.maximumCustomers).contains(customerLimit) else {
      throw SharedMemoryError(
        .invalidArgument,
        "\(customerLimit) customers cannot attach; ask for 1 to \(Self.maximumCustomers)")
    }
    guard (0...(1 << 43)).contains(arenaByteCount) else {
      throw SharedMemoryError(
        .invalidArgument,
        "an arena of \(arenaByteCount) bytes cannot be made; lower the depth or the size")
    }
    self.capacity = capacity
    var slots = 1
    while slots < capacity { slots *= 2 }
    slotCount = slots
    self.customerLimit = customerLimit
    self.arenaByteCount = Self.aligned(arenaByteCount, to: Self.arenaAlignment)
  }

  var slotsOffset: Int { Self.customersOffset + customerLimit * Self.lineStride }
  var arenaOffset: Int {
    Self.aligned(slotsOffset + slotCount * Self.slotStride, to: Segment.pageByteCount)
  }
  /// Bytes of the whole segment.
  public var segmentByteCount: Int { arenaOffset + arenaByteCount }

  /// What an arena should have at least, so that its lines have left the readers' second caches when
  /// they are written again: four times that cache, 4 MiB where it is not known.
  ///
  /// A line that another core's second cache holds is several times as slow to overwrite as one in the
  /// shared cache. Where this was measured (1 MiB of second cache, 32 MiB of third), messages of 4 KiB
  /// moved at 8 GB/s in an arena of 256 KiB or 1 MiB, at 35 GB/s in one of 4 MiB, and at 14 GB/s in one of
  /// 64 MiB.
  public static let spreadByteCount: Int = {
    let second = weir_cache_bytes(2)
    return second > 0 ? min(max(4 * second, 1 << 20), 1 << 25) : 4 << 20
  }()

  /// The arena bytes one payload takes.
  @inlinable
  public static func arenaFootprint(ofByteCount count: Int) -> Int {
    aligned(count, to: arenaAlignment)
  }

  @usableFromInline
  static func aligned(_ value: Int, to alignment: Int) -> Int {
    (value &+ alignment &- 1) / alignment &* alignment
  }
}

extension RingLayout {
  /// Writes the header of a fresh segment. The magic goes last: with it the header is complete.
  func writeHeader(to segment: Segment) {
    segment.uint32(at: 8).storeRelaxed(Self.version)
    segment.uint32(at: 12).storeRelaxed(UInt32(customerLimit))
    for (offset, value) in headerWords { segment.uint64(at: offset).storeRelaxed(UInt64(value)) }
    let check = Self.headerCheck(of: segment) ^ Self.magic
    segment.uint64(at: Self.headerCheckOffset).storeRelaxed(check)
    // Release: pairs with the acquire in init(validating:).
    segment.uint64(at: 0).storeRelease(Self.magic)
  }

  /// Recomputing finds a header that contradicts itself, but not a capacity that became another one
  /// with as many slots.
  private static func headerCheck(of segment: Segment) -> UInt64 {
    stride(from: 0, to: headerCheckOffset, by: 8).reduce(0) {
      $0 ^ segment.uint64(at: $1).loadRelaxed()
    }
  }

  private var headerWords: [(Int, Int)] {
    [
      (16, capacity), (24, slotCount), (32, slotsOffset), (40, arenaOffset),
      (48, arenaByteCount), (56, segmentByteCount),
    ]
  }

  /// Reads a segment's header and recomputes every offset from its three sizes, so that a header
  /// that lies is refused rather than followed.
  /// - Throws: `.corrupt` or `.versionMismatch`.
  init(validating segment: Segment) throws(SharedMemoryError) {
    guard segment.byteCount >= Self.customersOffset,
      segment.uint64(at: 0).loadAcquire() == Self.magic
    else {
      throw SharedMemoryError(.corrupt, "not a ring segment; attach with the producer's descriptor")
    }
    let version = segment.uint32(at: 8).loadRelaxed()
    guard version == Self.version else {
      throw SharedMemoryError(
        .versionMismatch,
        "the segment has layout version \(version), this build reads \(Self.version); "
          + "run the same build on both sides")
    }
    let word = { (offset: Int) in Int(truncatingIfNeeded: segment.uint64(at: offset).loadRelaxed())
    }
    guard segment.uint64(at: Self.headerCheckOffset).loadRelaxed() == Self.headerCheck(of: segment)
    else {
      throw SharedMemoryError(
        .corrupt,
        "the ring header's check word does not match; the segment is damaged: start the producer anew"
      )
    }
    do throws(SharedMemoryError) {
      try self.init(
        capacity: word(16), customerLimit: Int(segment.uint32(at: 12).loadRelaxed()),
        arenaByteCount: word(48))
    } catch {
      throw SharedMemoryError(
        .corrupt, "the ring header holds impossible sizes (\(error)); start the producer anew")
    }
    for (offset, value) in headerWords where word(offset) != value {
      throw SharedMemoryError(
        .corrupt,
        "the ring header's word at \(offset) is \(word(offset)), not \(value); "
          + "the segment is damaged: start the producer anew")
    }
    guard segment.byteCount >= segmentByteCount else {
      throw SharedMemoryError(
        .corrupt,
        "the segment has \(segment.byteCount) bytes, its header says \(segmentByteCount); "
          + "start the producer anew")
    }
  }
}
