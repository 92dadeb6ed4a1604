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

  /// Promises a place to a customer. From now on items are kept for it, from the oldest retained
  /// one on; it attaches with the ticket, in another thread or another process.
  ///
  /// - Throws: `.unsupported` when no more customers can attach, or the serializer is unknown,
  ///   cannot carry the item type, or differs from that of the other shared-memory customers.
  public mutating func makeSource(
    _ source: SourceConfiguration
  ) throws(TransportError) -> SourceTicket<Item> {
    let index = lines.count
    guard index < control.layout.customerLimit else {
      throw TransportError(
        .unsupported,
        "all \(control.layout.customerLimit) customers are taken; raise customerLimit")
    }
    let line = control.customer(index)
    line.cursor.storeRelaxed(slowestCursor())
    line.requestEnd.storeRelaxed(line.cursor.loadRelaxed())
    var customerEnd: CInt? = nil
    if source.store == .queue {
      let ends = try TransportError.wrapping { () throws(SharedMemoryError) in
        try ByteChannel.makePair()
      }
      channels.append(ends.0)
      customerEnd = ends.1
    }
    try connect(source, line: line, channel: channels.last)
    sources.append(source)
    lines.append(line)
    limit = 0
    if source.wait.mayPark { control.customersWait.expectParking() }
    line.state.storeRelease(CustomerLine.State.reserved.rawValue)
    return SourceTicket(
      control: control, items: source.store == .list ? items : nil, index: index,
      configuration: source, channel: customerEnd, doorbell: queue?.doorbellDescriptor)
  }

  /// Sets up the producer's half of one customer's store.
  mutating func connect(
    _ source: SourceConfiguration, line: CustomerLine, channel: CInt?
  ) throws(TransportError) {
    switch source.store {
    case .list: _ = itemStore()
    case .queue:
      let serializer = try Self.serializer(source.serializer)
      guard let channel else {
        throw TransportError(.invalidArgument, "a queue customer needs a channel; hand it over")
      }
      try queueStore().add(
        line: line, channel: ByteChannel(owning: channel), serializer: serializer)
    case .shm:
      let serializer = try Self.serializer(source.serializer)
      guard sharedSerializer == nil || sharedSerializer?.name == serializer.name else {
        throw TransportError(
          .unsupported,
          "this producer's shared memory holds '\(sharedSerializer?.name ?? "")', not "
            + "'\(serializer.name)'; use that one, the queue store, or another producer")
      }
      sharedSerializer = serializer
    }
  }

  private mutating func itemStore() -> ListStore<Item> {
    if let items { return items }
    let made = ListStore<Item>(slotCount: control.layout.slotCount)
    items = made
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
    let made = QueueStore(control: control, items: itemStore(), doorbell: doorbell)
    queue = made
    usesQueue = true
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

  /// Starts what answers queue customers. Call once, in the process that puts, before the first put.
  public mutating func spawn() throws(TransportError) {
    guard let queue, server == nil else { return }
    server = try TransportError.wrapping { () throws(SharedMemoryError) in
      try NativeThread { queue.run() }
    }
  }
}
