// SPDX-License-Identifier: Apache-2.0
//
// A ring on another NUMA node, fed from the first:
//
//     producer ─► ring on node 0 ─┬─► customers on node 0
//                                 └─► replica's thread on node 1 ─► ring on node 1 ─┬─► customer
//                                                                                   └─► customer
//
// However many customers a node has, each line of an item crosses to it once, and everything that they
// and the replica poll of each other lives on their own node. To the producer a replica is one customer;
// to its customers it is their producer, so that ends, deaths, drops and inspection are those of any ring.
internal import Serialization
public import SharedMemory

/// Copies a ring, item by item as the serializer wrote them, into a ring of its own, for customers that
/// are nearer to that one: on another NUMA node.
///
/// It is run by one thread, bound to the node of its customers, that calls ``run()`` or
/// ``carry(upTo:timeout:)``. Its memory is ``segment``: bind that before the first item touches it.
///
/// - An end of the stream comes to its customers after the last item, a termination at once.
/// - When the producer's process dies, `carry` throws `.producerGone` after the last item; when the
///   replica is let go of then, or its own process dies, its customers are told the same.
/// - What its backpressure discards is counted in its own ring, like any producer's.
public struct Replica<Item: TransportItem>: ~Copyable {
  var customer: Customer<Item>
  var producer: Producer<Item>
  /// Items copied.
  public private(set) var carriedCount: UInt64 = 0
  /// Items that were taken from the producer and that none of the replica's customers will get: discarded
  /// by its backpressure, or in its hands when the stream was terminated.
  public private(set) var discardedCount = 0
  /// Whether its customers have been told of the end.
  private var isOver = false

  /// Makes a replica's ring.
  ///
  /// - Parameter configuration: of its own ring; by default ``configuration(like:)``.
  /// - Throws: `.unsupported` for a customer of a list or queue store, whose items are not in shared
  ///   memory; `.invalidArgument` for the backpressure ``Backpressure/fail``, which would have nobody to
  ///   tell; as ``Producer/init(_:)``.
  public init(
    of customer: consuming Customer<Item>, _ configuration: ProducerConfiguration? = nil
  ) throws(TransportError) {
    let producer = try Producer<Item>(configuration ?? Self.configuration(like: customer))
    try self.init(of: customer, into: producer)
  }

  /// Makes a replica out of its two ends: of a producer, say, that was handed over with its customers'
  /// places promised.
  ///
  /// - Throws: as ``init(of:_:)``; `.unsupported` also for a producer with customers that need items, or
  ///   whose shared memory holds another serializer's payloads.
  public init(
    of customer: consuming Customer<Item>, into producer: consuming Producer<Item>
  ) throws(TransportError) {
    guard customer.configuration.store == .shm else {
      throw TransportError(
        .unsupported,
        "a replica copies what is in shared memory; give it a customer of the shm store, not of "
          + "\(customer.configuration.store.rawValue)")
    }
    guard producer.configuration.backpressure != .fail else {
      throw TransportError(
        .invalidArgument,
        "a full replica has nobody to fail to; let it block, drop-newest or drop-oldest")
    }
    var producer = producer
    if producer.items != nil { throw Self.needsBytes() }
    try producer.useShared(customer.serializer.name)
    self.customer = customer
    self.producer = producer
  }

  /// A ring of the same size and pages. It blocks when it is full, and so holds up the producer's, unless
  /// that one takes the oldest items away: then it does so too.
  public static func configuration(
    like customer: borrowing Customer<Item>
  ) -> ProducerConfiguration {
    let (layout, rules) = (customer.control.layout, customer.control.ruleSet)
    return ProducerConfiguration(
      capacity: layout.capacity, arenaByteCount: layout.arenaByteCount,
      customerLimit: layout.customerLimit,
      backpressure: rules.contains(.itemsCanBeTaken) ? .dropOldest : .block,
      wait: customer.configuration.wait, pages: rules.contains(.basePages) ? .base : .automatic)
  }

  /// The memory of its own ring, for binding and placement checks.
  public var segment: Segment { producer.segment }

  /// The memory that it reads from.
  public var sourceSegment: Segment { customer.segment }

  /// Items that the producer took away before the replica got to them.
  public var missedCount: Int { customer.droppedCount }

  /// Items that not every customer of the replica got because its ring was full.
  public var droppedCount: Int { producer.droppedCount }

  /// Promises a place to a customer in shared memory; see ``Producer/makeSource(_:)``.
  ///
  /// - Throws: as that; `.unsupported` for a list or queue store: a replica holds bytes, not items.
  public mutating func makeSource(
    strategy: Strategy = .all, wait: WaitStrategy = .standard
  ) throws(TransportError) -> SourceTicket<Item> {
    try producer.makeSource(
      SourceConfiguration(
        store: .shm, serializer: customer.serializer.name, strategy: strategy, wait: wait))
  }

  /// Publishes its ring; see ``Producer/publish(as:serializer:in:)``.
  public mutating func publish(
    as name: String, in directory: RuntimeDirectory = .standard
  ) throws(TransportError) {
    try producer.publish(as: name, serializer: customer.serializer.name, in: directory)
  }

  static func needsBytes() -> TransportError {
    TransportError(
      .unsupported,
      "a list or queue customer needs items, and a replica has their bytes; attach it to the producer"
    )
  }
}

extension Replica {
  /// Copies items until the stream is over and its customers know.
  ///
  /// - Throws: as ``carry(upTo:timeout:)``.
  public mutating func run() throws(TransportError) {
    while case .item = try carry() {}
  }

  /// Copies the items that are there, waiting for the first, and for room for each as its backpressure
  /// says.
  ///
  /// - Parameters:
  ///   - limit: items to copy at most.
  ///   - timeout: for the first item to come and find room.
  /// - Returns: how many items were taken, ``discardedCount`` among them. `.timedOut` when none were,
  ///   and `.ended` when its customers have been told of the end; see ``drain(timeout:)``.
  /// - Throws: `.producerGone` and `.corrupt` as a customer; `.tooLarge` for an item that its arena can
  ///   never hold. The items before were copied.
  /// - Precondition: `limit` is at least 1.
  public mutating func carry(
    upTo limit: Int = 64, timeout: Timeout = .never
  ) throws(TransportError) -> Delivery<Int> {
    precondition(limit >= 1)
    if isOver { return .ended }
    let deadline = timeout.deadlineNanoseconds
    while true {
      var step = ReplicaStep()
      defer {
        carriedCount &+= UInt64(step.carried)
        discardedCount += step.discarded
      }
      switch try step.take(from: &customer, into: &producer, upTo: limit, deadline) {
      case .item, .byDefault: return .item(step.taken)
      case .timedOut: return .timedOut
      case .ended:
        isOver = true
        if customer.control.isTerminated { producer.terminate() } else { producer.end() }
        return .ended
      case nil: break
      }
      if step.taken > 0 { return .item(step.taken) }
      if customer.control.isTerminated {
        // Its customers are told by the next look, in hand is what none of them gets.
        step.discarded += 1
        customer.next()
      } else if Timeout.until(deadlineNanoseconds: deadline) == .now {
        return .timedOut
      }
    }
  }

  /// Waits until its customers have released everything, or are gone; tells them of a termination
  /// meanwhile.
  /// - Returns: false when the time ran out.
  public mutating func drain(timeout: Timeout = .never) -> Bool {
    let deadline = timeout.deadlineNanoseconds
    while !producer.drain(timeout: ReplicaStep.look(until: deadline)) {
      if customer.control.isTerminated { producer.terminate() }
      if Timeout.until(deadlineNanoseconds: deadline) == .now { return false }
    }
    return true
  }
}
