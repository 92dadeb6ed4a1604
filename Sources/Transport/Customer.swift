// SPDX-License-Identifier: Apache-2.0
internal import Glibc
public import Serialization
public import SharedMemory
internal import Synchronization

/// The reading end: its own cursor over a producer's items, which no other customer can affect.
///
/// `get` borrows the item that the strategy selects and may be repeated; `next` releases it, so that
/// its slot can be used again. One thread at a time. After REIP's `Customer` (reip-pipelines).
public struct Customer<Item: TransportItem>: ~Copyable {
  @usableFromInline let control: RingControl
  @usableFromInline let line: CustomerLine
  @usableFromInline let configuration: SourceConfiguration
  /// Whether payloads lie in the slots or the arena; decided once, asked for every item.
  @usableFromInline let readsSlots: Bool
  /// Whether items are found by their slot's sequence.
  @usableFromInline let watchesSlots: Bool
  /// Whether the producer may take items away, so that looking at one takes the lease.
  @usableFromInline let takesLeases: Bool
  /// Whether a published slot is all there is to wait for: shared memory, every item.
  @usableFromInline let takesSlotsInOrder: Bool
  /// Index of the item this customer is at. Where the producer may take items away it is only true
  /// while the lease is held: the word in the segment may be ahead otherwise.
  @usableFromInline var cursor: UInt64
  @usableFromInline var ahead: FetchAhead
  /// Where the cursor was when this customer last caught up with the producer.
  @usableFromInline var lastWait: UInt64
  /// Polls of the next slot before the slow path is taken.
  @usableFromInline let tightSpins: UInt32
  /// Whether the strategy has settled on the item at the cursor.
  @usableFromInline var isSelected = false
  /// Items passed over since the last delivery, for `.skip` and user strategies.
  @usableFromInline var skipProgress: UInt64 = 0
  /// Whether a queue store was asked for the item at the cursor: the strategy has chosen it then.
  var isAsked = false
  /// Whether this customer's lease is its own: see Customer+Lease.swift.
  var holdsLease = false
  /// Gets in vain that did not wait, which is when the producer's life is looked at.
  var vainGets: UInt32 = 0
  @usableFromInline var serializer: any Serializer
  @usableFromInline let items: ListStore<Item>?
  let inbox: QueueInbox?
  /// What a user strategy decides, for `.named`.
  let stepper: StrategyStepper
  let notes = CustomerNotes()
  /// The process that attached.
  let process = ProcessIdentity.current
  /// What to deliver when there is nothing, without waiting; after the end there is no default.
  public var defaultItem: (@Sendable () -> Item)?
  let liveness: LivenessLock

  /// Takes the place that a ticket keeps, in this process.
  ///
  /// - Throws: `.unsupported` when it was taken before, `.unknownStrategy` when nobody registered it,
  ///   `.wrongContext` in a process that got the ticket by a fork.
  public init(_ ticket: SourceTicket<Item>) throws(TransportError) {
    try ticket.checkProcess()
    // The ticket closes its own descriptors: what the customer owns are copies.
    let copies = try InheritedDescriptors(
      duplicating: [ticket.channel, ticket.doorbell].compactMap { $0 })
    try self.init(
      control: ticket.control, items: ticket.items, index: ticket.index,
      configuration: ticket.configuration, copies)
  }

  /// Takes the place that another process handed over. Owns the descriptors from here on, also when
  /// it fails.
  ///
  /// - Throws: `.invalidArgument` when the handover does not fit the ring, `.unsupported` when the
  ///   place was taken before, `.sharedMemory` when the first descriptor is no ring.
  public init(_ handover: SourceHandover) throws(TransportError) {
    let descriptors = InheritedDescriptors(owning: handover.descriptors)
    guard handover.configuration.store != .list else {
      throw TransportError(
        .unsupported, "a list store stays in its process; use queue or shm for another one")
    }
    guard let segmentDescriptor = descriptors.take() else {
      throw TransportError(
        .invalidArgument, "the handover names no segment; inherit its descriptors")
    }
    // Held until this customer's own lock says that it lives.
    let promise = InheritedDescriptors(owning: [descriptors.take()].compactMap { $0 })
    defer { withExtendedLifetime(promise) {} }
    let control = try TransportError.wrapping { () throws(SharedMemoryError) in
      try RingControl(attaching: try Segment.attach(descriptor: segmentDescriptor))
    }
    try self.init(
      control: control, items: nil, index: handover.index, configuration: handover.configuration,
      descriptors)
  }

  private init(
    control: RingControl, items: ListStore<Item>?, index: Int,
    configuration: SourceConfiguration, _ descriptors: InheritedDescriptors
  ) throws(TransportError) {
    guard (0..<control.layout.customerLimit).contains(index) else {
      throw TransportError(
        .invalidArgument, "customer \(index) is outside the ring's table; hand over anew")
    }
    let line = control.customer(index)
    let inbox = try Self.inbox(control, line, configuration, descriptors)
    let takesLeases = try Self.rules(of: control).contains(.itemsCanBeTaken)
    let serializer = try Self.serializer(configuration)
    let stepper = try StrategyStepper(
      configuration.strategy, control: control,
      watchesSlots: configuration.store == .shm && !takesLeases)
    let lock = try Self.take(line, at: index, of: control.segment)
    line.noteProcess()
    self.init(
      control: control, line: line, items: items, inbox: inbox, configuration: configuration,
      serializer: serializer, stepper: stepper, takesLeases: takesLeases, liveness: lock)
  }

  /// Becomes the customer of a place that is attached and locked.
  init(
    control: RingControl, line: CustomerLine, items: ListStore<Item>?, inbox: QueueInbox?,
    configuration: SourceConfiguration, serializer: any Serializer, stepper: StrategyStepper,
    takesLeases: Bool, liveness: consuming LivenessLock
  ) {
    self.control = control
    self.line = line
    self.items = items
    self.configuration = configuration
    readsSlots = configuration.store == .shm
    watchesSlots = stepper.watchesSlots
    takesSlotsInOrder = watchesSlots && configuration.strategy == .all
    self.takesLeases = takesLeases
    cursor = line.cursor.loadAcquire()
    ahead = FetchAhead(knownHead: cursor)
    lastWait = cursor
    tightSpins = Self.tightSpins(configuration.wait)
    self.serializer = serializer
    self.inbox = inbox
    self.stepper = stepper
    self.liveness = liveness
  }

  /// A hand-over between busy cores takes some ten looks. Who has a core to poll on is not sent the
  /// longer way by a producer that was held up for a moment.
  private static func tightSpins(_ wait: WaitStrategy) -> UInt32 {
    switch wait {
    case .park: 0
    case .spinThenPark: 64
    case .spin: 1024
    }
  }

  static func rules(of control: RingControl) throws(TransportError) -> RingRules {
    let rules = control.ruleSet
    guard rules.isSubset(of: .known) else {
      throw TransportError(
        .unsupported,
        "the ring has rules that this build does not know (\(rules.rawValue)); "
          + "run the same build on both sides")
    }
    return rules
  }

  deinit {
    // Release: what was read stays read before the producer reuses it.
    line.state.storeRelease(CustomerLine.State.detached.rawValue)
    control.producerWait.ring()
  }

  /// Items between the cursor and the head.
  public var count: Int {
    if control.isTerminated { return isSelected ? 1 : 0 }
    // Acquire: pairs with the release in Producer.pass(over:).
    let start =
      takesLeases && !holdsLease
      ? line.cursor.loadAcquire() : cursor &+ notes.passed.load(ordering: .relaxed)
    let there = RingCounter.distance(from: start, to: control.publishedEnd(from: start))
    // Items may be taken away and others published between the two looks.
    return Int(takesLeases ? min(there, Int64(control.layout.capacity)) : there)
  }

  /// Whether a get would have to wait; never true with a default value.
  public var isEmpty: Bool { defaultItem == nil && count == 0 }

  /// Whether the item at the cursor is the only one left.
  public var isLast: Bool { count == 1 || (count == 0 && defaultItem != nil) }

  /// Items passed over by the strategy so far.
  public var skippedCount: Int { Int(clamping: line.skipped.loadRelaxed()) }

  /// Items that the producer took away to make room (see ``Backpressure/dropOldest``) or by
  /// ``Producer/terminate()``. Every item published since this customer's place was made was got,
  /// skipped or dropped, or is yet to come.
  public var droppedCount: Int { Int(clamping: line.dropped.loadRelaxed()) }

  /// The memory behind the ring, for touching and placement checks.
  public var segment: Segment { control.segment }
}
