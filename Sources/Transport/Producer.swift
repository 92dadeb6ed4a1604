// SPDX-License-Identifier: Apache-2.0
public import Serialization
public import SharedMemory

/// The writing end: a bounded ring of items, addressed by ever-growing 64-bit counters, that
/// advances at the pace of its slowest living customer.
///
/// One thread puts. Customers may be in this process and in others at once; each gets every item
/// through the store its configuration names. After REIP's `Producer` (reip-pipelines).
///
/// Not for several writers: give each its own producer.
public struct Producer<Item: TransportItem>: ~Copyable {
  @usableFromInline let control: RingControl
  @usableFromInline let configuration: ProducerConfiguration
  /// Index of the next item.
  @usableFromInline var head: UInt64
  /// The head may reach this index without another look at the customers.
  @usableFromInline var limit: UInt64 = 0
  /// With so much of the limit left, the customers are looked at before there is a need to.
  @usableFromInline var nextLook = neverLooks
  /// More than any ring has left, whichever way.
  static var neverLooks: UInt64 { 1 << 63 }
  /// As `limit`, where a byte budget has every put look closer: `limit` is the head there.
  var knownLimit: UInt64 = 0
  @usableFromInline let ledger: ByteLedger?
  /// Set where a full ring makes room in batches.
  var reclaim: Reclaim?
  /// The head's word is stored when these bits of the head are zero: every time once a customer reads
  /// it.
  @usableFromInline var headLagMask: UInt64
  /// Lines of customers promised, attached or gone, in the order they were made.
  @usableFromInline var lines: [CustomerLine] = []
  @usableFromInline var shared: SharedMemoryStore
  @usableFromInline var sharedSerializer: (any Serializer)?
  @usableFromInline var scratch = EncodeBuffer()
  /// Set when a customer needs the items themselves: list and queue stores.
  @usableFromInline var items: ListStore<Item>?
  @usableFromInline var usesQueue = false
  /// Whether customers may take places unasked, so that the table must be looked at for newcomers.
  @usableFromInline var isPublished = false
  var publishedName: PublishedName?
  var queue: QueueStore<Item>?
  var server: NativeThread?
  /// True from the first queue customer on until something answers it.
  @usableFromInline var needsServer = false
  /// Per line: how the customer is attached, and the producer's end of its channel if it has one.
  var sources: [SourceConfiguration] = []
  var channels: [CInt?] = []
  /// The first item kept by reference, and the first one written to shared memory.
  var firstKept: UInt64 = 0
  var firstShared: UInt64 = 0
  /// The loan that is out, or was let go of unseen.
  var loanRecord: LoanRecord?
  /// When the customers' lives were looked at last without waiting.
  var lastLook: Int64 = .min
  let liveness: LivenessLock

  /// Creates the ring and its segment.
  /// - Throws: `.sharedMemory` when the sizes are impossible or the memory is not there,
  ///   `.invalidArgument` when a limit is.
  public init(_ configuration: ProducerConfiguration = .init()) throws(TransportError) {
    try self.init(configuration, startingAt: 0)
  }

  /// Creates a ring whose first item is number `start`: how tests get to where counters wrap.
  package init(
    _ configuration: ProducerConfiguration, startingAt start: UInt64
  ) throws(TransportError) {
    try configuration.check()
    let control = try TransportError.wrapping { () throws(SharedMemoryError) in
      let layout = try RingLayout(
        capacity: configuration.capacity, customerLimit: configuration.customerLimit,
        arenaByteCount: configuration.arenaByteCount)
      return try RingControl(
        creating: layout, label: "ring", pages: configuration.pages, startingAt: start)
    }
    control.add(configuration.rules)
    if configuration.wait.mayPark { control.producerWait.expectParking() }
    self.init(
      control: control, configuration: configuration, liveness: try Self.lock(control))
  }

  /// Becomes the producer of a ring: a fresh one, or one that was handed to this process.
  init(
    control: RingControl, configuration: ProducerConfiguration, liveness: consuming LivenessLock
  ) {
    self.liveness = liveness
    self.control = control
    self.configuration = configuration
    head = control.head.loadAcquire()
    limit = head
    knownLimit = head
    ledger = configuration.byteBudget.map {
      ByteLedger(budget: $0, layout: control.layout, head: control.head.loadAcquire())
    }
    reclaim = configuration.deleteRate.map {
      Reclaim(rate: $0, size: control.layout.capacity, head: control.head.loadAcquire())
    }
    headLagMask = configuration.rules.contains(.itemsCanBeTaken) ? 0 : control.headLag &- 1
    shared = SharedMemoryStore(control: control, head: head)
    control.noteProducer()
    control.producerState.storeRelease(RingControl.ProducerState.attached.rawValue)
  }

  /// Takes the producer's liveness lock of a ring.
  static func lock(_ control: RingControl) throws(TransportError) -> LivenessLock {
    try TransportError.wrapping { () throws(SharedMemoryError) in
      try LivenessLock(segment: control.segment, party: RingControl.producerParty)
    }
  }

  deinit {
    if queue != nil, control.isEnded, !control.isTerminated { awaitQueueCustomers() }
    queue?.stop()
    if let server { server.join() }
    // Sleepers of this process, whose end they would be told of, look again.
    control.customersWait.ring()
  }

  /// Items put and not yet released by every customer.
  public var count: Int {
    var slowest = slowestCursor()
    for index in lines.count..<max(lines.count, control.placesInUse) {
      let line = control.customer(index)
      if line.holdsItems { slowest = RingCounter.earlier(slowest, line.cursor.loadAcquire()) }
    }
    return Int(RingCounter.distance(from: slowest, to: head))
  }

  /// Items that not every customer got because there was no room: new ones that were discarded, and
  /// old ones that were taken away, each once however many customers it was taken from.
  public var droppedCount: Int { Int(clamping: control.dropped.loadRelaxed()) }

  /// Items published since the beginning.
  public var publishedCount: UInt64 { head }

  /// Customers given up because their process ended.
  public var evictedCount: Int { Int(clamping: control.evicted.loadRelaxed()) }

  /// The memory behind the ring, for binding and placement checks.
  public var segment: Segment { control.segment }

  @inlinable @inline(never)
  func slowestCursor() -> UInt64 {
    var slowest = head
    for line in lines where line.holdsItems {
      // Acquire: pairs with the release in Customer.advance; the customer is done with what is
      // below. A cursor beyond the head is damage and must not free what others still read.
      slowest = RingCounter.earlier(slowest, line.cursor.loadAcquire())
      if isMutated(.onlyFirstCustomerHoldsBack) { break }
    }
    return slowest
  }
}
