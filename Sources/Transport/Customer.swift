// SPDX-License-Identifier: Apache-2.0
public import Serialization
public import SharedMemory

/// The reading end: its own cursor over a producer's items, which no other customer can affect.
///
/// `get` borrows the item that the strategy selects and may be repeated; `next` releases it, so that
/// its slot can be used again. One thread at a time. After REIP's `Customer` (reip-pipelines).
public struct Customer<Item: TransportItem>: ~Copyable {
  @usableFromInline let control: RingControl
  @usableFromInline let line: CustomerLine
  @usableFromInline let configuration: SourceConfiguration
  /// Whether items are found by their slot's sequence; decided once, asked for every item.
  @usableFromInline let readsSlots: Bool
  /// Whether a published slot is all there is to wait for: shared memory, every item.
  @usableFromInline let takesSlotsInOrder: Bool
  /// Index of the item this customer is at.
  @usableFromInline var cursor: UInt64
  /// Items below this index are known to be published: a batch costs one look at the head.
  @usableFromInline var knownHead: UInt64
  /// Polls of the next slot before the slow path is taken.
  @usableFromInline let tightSpins: UInt32
  /// Whether the strategy has settled on the item at the cursor.
  @usableFromInline var isSelected = false
  /// Items passed over since the last delivery, for `.skip`.
  var skipProgress: UInt32 = 0
  @usableFromInline var serializer: any Serializer
  @usableFromInline let items: ListStore<Item>?
  let inbox: QueueInbox?
  /// What to deliver when there is nothing.
  public var defaultItem: (@Sendable () -> Item)?
  let liveness: LivenessLock

  /// Takes the place that a ticket keeps, in this process.
  ///
  /// - Throws: `.unsupported` when it was taken before.
  public init(_ ticket: SourceTicket<Item>) throws(TransportError) {
    var handover = SourceHandover(
      index: ticket.index, configuration: ticket.configuration, descriptors: [])
    // The ticket closes its own descriptors: what the customer owns are copies.
    handover.descriptors = try Self.duplicates([ticket.channel, ticket.doorbell])
    self.init(try Place(control: ticket.control, handover), items: ticket.items)
  }

  /// Takes the place that another process handed over. Owns the descriptors from here on.
  public init(_ handover: SourceHandover) throws(TransportError) {
    guard let segmentDescriptor = handover.descriptors.first else {
      throw TransportError(
        .invalidArgument, "the handover names no segment; inherit its descriptors")
    }
    let control = try TransportError.wrapping { () throws(SharedMemoryError) in
      try RingControl(attaching: try Segment.attach(descriptor: segmentDescriptor))
    }
    var rest = handover
    rest.descriptors.removeFirst()
    self.init(try Place(control: control, rest), items: nil)
  }

  private init(_ place: consuming Place, items: ListStore<Item>?) {
    self.items = items
    control = place.control
    line = place.line
    configuration = place.configuration
    readsSlots = place.configuration.store == .shm
    takesSlotsInOrder = place.configuration.store == .shm && place.configuration.strategy == .all
    cursor = place.line.cursor.loadAcquire()
    knownHead = cursor
    tightSpins = place.configuration.wait == .park ? 0 : 256
    serializer = place.serializer
    inbox = place.inbox
    liveness = place.liveness
  }

  /// Everything about attaching that can fail, done before there is a customer.
  private struct Place: ~Copyable {
    let control: RingControl
    let line: CustomerLine
    let configuration: SourceConfiguration
    let serializer: any Serializer
    let inbox: QueueInbox?
    let liveness: LivenessLock

    init(control: RingControl, _ handover: SourceHandover) throws(TransportError) {
      guard (0..<control.layout.customerLimit).contains(handover.index) else {
        throw TransportError(
          .invalidArgument, "customer \(handover.index) is outside the ring's table; hand over anew"
        )
      }
      let line = control.customer(handover.index)
      let serializer = try Producer<Item>.serializer(handover.configuration.serializer)
      let inbox = try Customer.inbox(control, line, handover)
      let liveness = try TransportError.wrapping { () throws(SharedMemoryError) in
        try LivenessLock(segment: control.segment, party: handover.index + 1)
      }
      guard
        line.state.compareExchange(
          expected: CustomerLine.State.reserved.rawValue,
          desired: CustomerLine.State.attached.rawValue)
      else {
        throw TransportError(
          .unsupported, "customer \(handover.index)'s place was taken before; make another source")
      }
      self.control = control
      self.line = line
      self.serializer = serializer
      self.inbox = inbox
      self.liveness = liveness
      configuration = handover.configuration
    }
  }

  private static func inbox(
    _ control: RingControl, _ line: CustomerLine, _ handover: SourceHandover
  ) throws(TransportError) -> QueueInbox? {
    guard handover.configuration.store == .queue else { return nil }
    guard handover.descriptors.count == 2 else {
      throw TransportError(
        .invalidArgument, "a queue customer needs its channel and doorbell; inherit both")
    }
    return QueueInbox(
      control: control, line: line, channel: ByteChannel(owning: handover.descriptors[0]),
      doorbell: Doorbell(owning: handover.descriptors[1]), strategy: handover.configuration.wait)
  }

  private static func duplicates(_ descriptors: [CInt?]) throws(TransportError) -> [CInt] {
    var copies: [CInt] = []
    for descriptor in descriptors.compactMap({ $0 }) {
      copies.append(
        try TransportError.wrapping { () throws(SharedMemoryError) in
          try ByteChannel.duplicate(descriptor)
        })
    }
    return copies
  }

  deinit {
    // Release: what was read stays read before the producer reuses it.
    line.state.storeRelease(CustomerLine.State.detached.rawValue)
    control.producerWait.ring()
  }

  /// Items between the cursor and the head.
  public var count: Int { Int(control.head.loadAcquire() &- cursor) }

  /// Whether a get would have to wait; never true with a default value.
  public var isEmpty: Bool { defaultItem == nil && count == 0 }

  /// Whether the item at the cursor is the only one left.
  public var isLast: Bool { count == 1 || (count == 0 && defaultItem != nil) }

  /// Items passed over by the strategy so far.
  public var skippedCount: Int { Int(line.skipped.loadRelaxed()) }

  /// The memory behind the ring, for touching and placement checks.
  public var segment: Segment { control.segment }
}
