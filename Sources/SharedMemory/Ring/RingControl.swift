// SPDX-License-Identifier: Apache-2.0

/// The words of a ring that say who is where: handles to the control lines of one segment.
@safe
public struct RingControl: Sendable {
  public let segment: Segment
  public let layout: RingLayout
  /// Items ever published. Written by the producer alone.
  public let head: SharedUInt64
  /// Items that not every customer got because there was no room: new ones that were discarded, and
  /// old ones that were taken away. Written by the producer alone.
  public let dropped: SharedUInt64
  /// Customers given up because their process ended. Added to by the producer, and by a newcomer
  /// that takes such a customer's place.
  public let evicted: SharedUInt64
  /// Where customers wait for items.
  public let customersWait: WaitPoint
  /// Where the producer waits for room.
  public let producerWait: WaitPoint
  public let state: SharedUInt32
  /// 1 while the thread that answers a queue store's requests sleeps.
  public let serverParked: SharedUInt32
  /// See ``ProducerState``.
  public let producerState: SharedUInt32
  /// Customers' places in use so far: those from 0 up to here may be anybody's. Only ever raised.
  public let placesMade: SharedUInt32
  /// What both ends must know of the ring beyond its layout: ``RingRules``.
  public let rules: SharedUInt32
  /// Process of the producer: for people to read and for sleepers to watch, never to signal.
  public let producerProcess: SharedUInt32
  /// In which process number space: see ``ProcessSpace``.
  public let producerSpace: SharedUInt32
  public let slots: SlotLines
  public let arena: SharedBytes

  /// State of the stream, in ``state``.
  public enum State: UInt32, Sendable {
    case open = 0
    /// No more items will come; what was published is still delivered.
    case ended = 1
    /// Ended at once: customers take nothing more, not even what they were yet to take.
    case terminated = 2
  }

  /// Where the producer is, in ``producerState``.
  public enum ProducerState: UInt32, Sendable {
    case none = 0
    case attached = 1
    /// On its way to another process: alive as long as its promise is kept.
    case handedOver = 2
  }

  /// Creates a ring in a fresh segment.
  public init(
    creating layout: RingLayout, label: String, pages: SegmentPages = .automatic
  ) throws(SharedMemoryError) {
    try self.init(creating: layout, label: label, pages: pages, startingAt: 0)
  }

  /// Creates a ring whose first item is number `start`: how tests get to where counters wrap.
  package init(
    creating layout: RingLayout, label: String, pages: SegmentPages = .automatic,
    startingAt start: UInt64
  ) throws(SharedMemoryError) {
    let segment = try Segment.create(
      byteCount: layout.segmentByteCount, label: label, pages: pages)
    layout.writeHeader(to: segment)
    self.init(segment: segment, layout: layout)
    guard start != 0 else { return }
    head.storeRelaxed(start)
    // As one lap earlier: no slot may look like the one of an item to come.
    for index in 0..<UInt64(layout.slotCount) {
      let item = start &+ index
      slots.sequence(item).storeRelaxed(item &+ 1 &- UInt64(layout.slotCount))
    }
  }

  /// Attaches to the ring in a segment, after checking its header.
  public init(attaching segment: Segment) throws(SharedMemoryError) {
    self.init(segment: segment, layout: try RingLayout(validating: segment))
    segment.advise(ruleSet.contains(.basePages) ? .base : .automatic)
  }

  private init(segment: Segment, layout: RingLayout) {
    self.segment = segment
    self.layout = layout
    head = segment.uint64(at: RingLayout.headOffset)
    dropped = segment.uint64(at: RingLayout.droppedOffset)
    evicted = segment.uint64(at: RingLayout.evictedOffset)
    customersWait = WaitPoint(segment: segment, offset: RingLayout.customersWaitOffset)
    producerWait = WaitPoint(segment: segment, offset: RingLayout.producerWaitOffset)
    state = segment.uint32(at: RingLayout.stateOffset)
    serverParked = segment.uint32(at: RingLayout.serverParkedOffset)
    producerState = segment.uint32(at: RingLayout.producerStateOffset)
    placesMade = segment.uint32(at: RingLayout.placesMadeOffset)
    rules = segment.uint32(at: RingLayout.rulesOffset)
    producerProcess = segment.uint32(at: RingLayout.producerProcessOffset)
    producerSpace = segment.uint32(at: RingLayout.producerSpaceOffset)
    slots = SlotLines(segment: segment, layout: layout)
    arena = segment.bytes(at: layout.arenaOffset, count: layout.arenaByteCount)
  }

  /// Items by which the head may lag behind what is published; a power of two.
  @inlinable
  public var headLag: UInt64 { UInt64(min(64, layout.slotCount)) }

  /// The end of what is published, for a customer at `cursor`: the head, and what the slots say
  /// beyond it. From the cursor on no slot is used again.
  public func publishedEnd(from cursor: UInt64) -> UInt64 {
    // Acquire: pairs with the release in Producer.publish.
    var end = RingCounter.later(cursor, head.loadAcquire())
    let limit = end &+ headLag
    while end != limit, slots.sequence(end).loadAcquire() == end &+ 1 { end &+= 1 }
    return end
  }

  /// Whether the slot of item `index` holds neither that item nor the one a lap before.
  public func isDamaged(_ index: UInt64) -> Bool {
    let sequence = slots.sequence(index).loadAcquire()
    // Fresh slots are zero, also where counters began elsewhere.
    return sequence != index &+ 1 && sequence != index &+ 1 &- UInt64(layout.slotCount)
      && sequence != 0
  }

  /// Reads the payload of published item `index` in place, or `elsewhere`, where a copy of it was
  /// fetched to; nil when its slot is damaged.
  ///
  /// The caller has acquired the slot's sequence. The body is called in one place, so that it can
  /// be compiled into its caller.
  @inlinable @inline(__always)
  public func readPayload<R, E: Error>(
    _ index: UInt64, elsewhere: SharedBytes?, _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R? {
    let start: UnsafeRawPointer
    let count: Int
    if let elsewhere {
      unsafe start = UnsafeRawPointer(elsewhere.base)
      count = elsewhere.count
    } else {
      switch slots.content(index) {
      case .inline(let byteCount):
        unsafe start = slots.inlineBytes(index)
        count = byteCount
      case .arena(let offset, let byteCount):
        guard arena.contains(offset: offset, count: byteCount) || isMutated(.offsetsTrusted) else {
          return nil
        }
        unsafe start = UnsafeRawPointer(arena.base + Int(truncatingIfNeeded: offset))
        count = Int(truncatingIfNeeded: byteCount)
      case .corrupt: return nil
      }
    }
    return try unsafe body(RawSpan(_unsafeStart: start, byteCount: count))
  }

  /// The line of one customer.
  /// - Precondition: `index < layout.customerLimit`.
  public func customer(_ index: Int) -> CustomerLine {
    precondition(index >= 0 && index < layout.customerLimit)
    return CustomerLine(
      segment: segment, offset: RingLayout.customersOffset + index * RingLayout.lineStride)
  }

  /// Party number of the producer's liveness lock; customer `i` is party `i + 1`.
  public static let producerParty = 0

  /// Party number of the lock that keeps the promise of a handed-over producer; that of customer `i`
  /// is `i + 1` further. Beyond every party that can attach.
  private static let firstPromisedParty = 1 << 20

  /// Party number of the lock that keeps a promise.
  /// - Parameter customer: nil for the producer.
  package static func promisedParty(ofCustomer customer: Int?) -> Int {
    firstPromisedParty + (customer.map { $0 + 1 } ?? 0)
  }

  /// Keeps the promise of an end that is on its way to another process: whoever holds the lock's
  /// descriptor may still attach.
  /// - Parameter customer: nil for the producer.
  public func promise(ofCustomer customer: Int?) throws(SharedMemoryError) -> LivenessLock {
    try LivenessLock(
      segment: segment, party: Self.promisedParty(ofCustomer: customer), isInheritable: true)
  }

  /// Whether the producer attached once, or was to, and its process is gone.
  public var producerIsGone: Bool {
    if isMutated(.deadProducerUnnoticed) { return false }
    // Acquire: pairs with the releases in Producer.init and Producer.handover.
    if producerState.loadAcquire() == ProducerState.handedOver.rawValue,
      !LivenessLock.isAlive(segment: segment, party: Self.promisedParty(ofCustomer: nil))
    {
      // The promise is also let go once it is kept: then the state has changed before.
      if producerState.loadAcquire() == ProducerState.handedOver.rawValue { return true }
    }
    return producerState.loadAcquire() == ProducerState.attached.rawValue
      && !LivenessLock.isAlive(segment: segment, party: Self.producerParty)
  }

  /// Whether nobody is left who could attach as a customer that another process was promised.
  func promiseIsGone(ofCustomer index: Int) -> Bool {
    !LivenessLock.isAlive(segment: segment, party: Self.promisedParty(ofCustomer: index))
  }

  @inlinable
  public var isEnded: Bool { state.loadAcquire() != State.open.rawValue }

  public var isTerminated: Bool { state.loadAcquire() == State.terminated.rawValue }

  /// Makes the slots from `start` to `end` look as if their items had never been published, so that
  /// customers who look at nothing but slots stop. An item that is being read stays readable.
  public func revoke(from start: UInt64, to end: UInt64) {
    var index = start
    while index != end {
      // Release: pairs with the acquire in Customer.isReady; the state was written before.
      slots.sequence(index).storeRelease(0)
      index &+= 1
    }
  }
}
