// SPDX-License-Identifier: Apache-2.0
public import Serialization
internal import SharedMemory

extension Producer {
  /// Makes a source for a customer in the context and throughput class given; see ``StoreKind``.
  public mutating func makeSource(
    context: Context, throughput: ThroughputClass, strategy: Strategy = .all
  ) throws(TransportError) -> SourceTicket<Item> {
    try makeSource(
      SourceConfiguration(
        context: context, throughput: throughput, strategy: strategy, wait: configuration.wait))
  }

  /// Promises a place to a customer. From now on items are kept for it, from the oldest that its
  /// store retains; it attaches with the ticket, in another thread or another process.
  ///
  /// A list or queue store retains items since the first list or queue source was made, shared
  /// memory since the first shared-memory source.
  ///
  /// - Throws: `.unsupported` when no more customers can attach, or the serializer is unknown,
  ///   cannot carry the item type, or differs from that of the other shared-memory customers.
  public mutating func makeSource(
    _ source: SourceConfiguration
  ) throws(TransportError) -> SourceTicket<Item> {
    let place = try Self.takePlace(control)
    let index = place.index
    let line = control.customer(index)
    // Whoever had the place before is gone, and whoever gets it now is not: the queue store's thread
    // tells them apart by this. Release: pairs with the acquire in QueueOutbox.isOver.
    line.state.storeRelease(CustomerLine.State.free.rawValue)
    let start = oldestRetained(in: source.store)
    line.cursor.storeRelaxed(start)
    line.requestStart.storeRelaxed(start)
    line.requestEnd.storeRelaxed(start)
    line.lease.storeRelaxed(CustomerLine.Lease.free.rawValue)
    line.describe(source)
    let ends = try source.store == .queue ? makeChannel() : nil
    try connect(source, at: index, channel: ends.map { ByteChannel(owning: $0.producer) })
    control.notePlace(index)
    meetNewcomers()
    sources[index] = source
    channels[index] = ends?.producer
    forgetRoom()
    if source.wait.mayPark { control.customersWait.expectParking() }
    // Release: pairs with the acquire in Customer.init; the words above are set.
    line.state.storeRelease(CustomerLine.State.reserved.rawValue)
    _ = consume place
    return SourceTicket(
      control: control, items: source.store == .list ? items : nil, index: index,
      configuration: source, channel: ends?.customer.take(), doorbell: ends?.customer.take())
  }

  /// Takes a place that nobody has, for as long as the result lives.
  static func takePlace(_ control: RingControl) throws(TransportError) -> RingPlace {
    let place = try TransportError.wrapping { () throws(SharedMemoryError) in
      try control.takePlace()
    }
    guard let place else {
      throw TransportError(
        .unsupported,
        "all \(control.layout.customerLimit) customers are taken; raise customerLimit")
    }
    return place
  }

  private func oldestRetained(in store: StoreKind) -> UInt64 {
    if isMutated(.lateCustomerStartsAtHead) { return head }
    return switch store {
    case .list, .queue: items == nil ? head : RingCounter.later(firstKept, slowestCursor())
    case .shm: sharedSerializer == nil ? head : RingCounter.later(firstShared, slowestCursor())
    }
  }
  /// The two ends of a queue customer's channel, and for its end also the doorbell.
  private mutating func makeChannel() throws(TransportError) -> (
    producer: CInt, customer: InheritedDescriptors
  ) {
    let doorbell = try queueStore().doorbellDescriptor
    let ends = try TransportError.wrapping { () throws(SharedMemoryError) in
      try ByteChannel.makePair()
    }
    do throws(TransportError) {
      return (ends.0, try InheritedDescriptors(owning: [ends.1], duplicating: [doorbell]))
    } catch {
      _ = ByteChannel(owning: ends.0)
      throw error
    }
  }

  /// Sets up the producer's half of one customer's store.
  mutating func connect(
    _ source: SourceConfiguration, at index: Int, channel: consuming ByteChannel?
  ) throws(TransportError) {
    if source.store != .shm || source.strategy != .all {
      if !isMutated(.headLagsForAll) { headLagMask = 0 }
      control.head.storeRelease(head)
    }
    switch source.store {
    case .list: _ = itemStore()
    case .queue:
      let serializer = try Self.serializer(source.serializer)
      guard let channel = consume channel else {
        throw TransportError(.invalidArgument, "a queue customer needs a channel; hand it over")
      }
      let queue = try queueStore()
      queue.remove(place: index)
      queue.add(
        place: index, line: control.customer(index), channel: channel, serializer: serializer)
    case .shm: try useShared(source.serializer)
    }
  }

  /// From now on what is put is written to shared memory, with this serializer and no other.
  mutating func useShared(_ name: String) throws(TransportError) {
    let serializer = try Self.serializer(name)
    if let sharedSerializer {
      guard sharedSerializer.name == serializer.name else {
        throw TransportError(
          .unsupported,
          "this producer's shared memory holds '\(sharedSerializer.name)', not "
            + "'\(serializer.name)'; use that one, the queue store, or another producer")
      }
      return
    }
    guard serializer.name.utf8.count <= RingControl.serializerNameLimit else {
      throw TransportError(
        .invalidArgument,
        "the serializer's name has \(serializer.name.utf8.count) bytes; register it under one of up "
          + "to \(RingControl.serializerNameLimit)")
    }
    control.recordSerializer(serializer.name)
    firstShared = head
    sharedSerializer = serializer
  }

  private mutating func itemStore() -> ListStore<Item> {
    if let items { return items }
    let made = ListStore<Item>(slotCount: control.layout.slotCount)
    items = made
    firstKept = head
    return made
  }

  private mutating func queueStore() throws(TransportError) -> QueueStore<Item> {
    if let queue { return queue }
    let doorbell = try TransportError.wrapping { () throws(SharedMemoryError) in try Doorbell() }
    return adoptQueue(doorbell)
  }

  /// Makes the queue store around a doorbell that its customers share.
  @discardableResult
  mutating func adoptQueue(_ doorbell: consuming Doorbell) -> QueueStore<Item> {
    let items = itemStore()
    items.beginGuarding(end: head)
    let made = QueueStore(control: control, items: items, doorbell: doorbell)
    queue = made
    usesQueue = true
    needsServer = true
    return made
  }

  static func serializer(_ name: String) throws(TransportError) -> any Serializer {
    do throws(SerializationError) {
      let serializer = try SerializerRegistry.standard.serializer(named: name)
      guard serializer.capabilities.isSuperset(of: Item.requiredCapabilities) else {
        throw SerializationError(
          .unsupportedValue, "'\(name)' cannot carry \(Item.self); use 'plist' or 'json'")
      }
      return serializer
    } catch {
      throw TransportError(error)
    }
  }

  /// Starts the thread that answers queue customers, in the process that puts. The first put does
  /// it otherwise; before, nobody answers.
  public mutating func spawn() throws(TransportError) {
    guard let queue, server == nil else { return }
    server = try TransportError.wrapping { () throws(SharedMemoryError) in
      try NativeThread { queue.run() }
    }
    needsServer = false
  }
}
