// SPDX-License-Identifier: Apache-2.0
public import Serialization
public import SharedMemory

/// Where a customer runs, seen from its producer.
public enum Context: String, Hashable, Sendable, Codable {
  /// A thread of the producer's process: items pass by reference.
  case sameProcess = "same-process"
  /// A process of its own.
  case otherProcess = "other-process"
}

/// What holds items between a producer and one customer.
public enum StoreKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// Same process, by reference.
  case list
  /// Other process, encoded when asked for, through a kernel channel.
  case queue
  /// Other process, encoded once into memory that both map.
  case shm

  /// Where the customers of such a store run, seen from their producer.
  ///
  /// Threads of the producer's process may read from every store; only the list store keeps them there.
  public var context: Context { self == .list ? .sameProcess : .otherProcess }

  /// The store that REIP's rule picks: by reference within a process, shared memory for large data,
  /// the queue otherwise.
  public static func selected(context: Context, throughput: ThroughputClass) -> StoreKind {
    switch (context, throughput) {
    case (.sameProcess, _): .list
    case (.otherProcess, .large): .shm
    case (.otherProcess, .small), (.otherProcess, .medium): .queue
    }
  }
}

/// How one customer is attached: fixed when its source is made.
public struct SourceConfiguration: Hashable, Sendable, Codable {
  public var store: StoreKind
  /// Registered name of the serializer; unused by the list store.
  public var serializer: String
  public var strategy: Strategy
  public var wait: WaitStrategy

  /// - Parameters:
  ///   - strategy: every item by default.
  ///   - wait: spin, then park, by default.
  public init(
    store: StoreKind, serializer: String, strategy: Strategy = .all, wait: WaitStrategy = .standard
  ) {
    self.store = store
    self.serializer = serializer
    self.strategy = strategy
    self.wait = wait
  }

  /// The store and serializer of a context and throughput class.
  public init(
    context: Context, throughput: ThroughputClass, strategy: Strategy = .all,
    wait: WaitStrategy = .standard
  ) {
    self.init(
      store: .selected(context: context, throughput: throughput),
      serializer: throughput.rawValue, strategy: strategy, wait: wait)
  }
}

extension SourceConfiguration {
  /// The fastest store for a context, whatever the size of the items: by reference within a process,
  /// else shared memory with the large class, where small items travel in their slots.
  ///
  /// Ask for a throughput class instead where customers take few of many large items: a queue encodes
  /// what is asked for alone.
  public init(context: Context, strategy: Strategy = .all, wait: WaitStrategy = .standard) {
    self.init(context: context, throughput: .large, strategy: strategy, wait: wait)
  }
}

/// What a producer is made of.
public struct ProducerConfiguration: Hashable, Sendable, Codable {
  /// Items the ring holds at most.
  public var capacity: Int
  /// Bytes for payloads above 112 bytes in shared memory; 0 when no customer reads from there.
  public var arenaByteCount: Int
  /// Customers that can be attached at once.
  public var customerLimit: Int
  public var backpressure: Backpressure
  public var wait: WaitStrategy
  /// Whether items put while nobody reads are let go, uncounted.
  public var skipsWithoutCustomers: Bool
  /// Payload bytes of items put and not yet released by the slowest customer, at most, whatever the
  /// store; nil for no such limit. What happens at the limit is the backpressure.
  ///
  /// A frame's payload is its `bytes`, without header and metadata and before any serializer;
  /// see ``TransportItem/payloadByteCount`` for other items. Shared memory has its arena as a limit
  /// beside it, which must also hold what serializers add.
  public var byteBudget: Int?
  /// How many times per ring a full ring makes room; nil for as soon as a slot is released.
  ///
  /// With capacity `S` and rate `R`, a put into a ring that filled up goes ahead once the slowest
  /// customer released `floor((S + 1) / R) + 1` more items, or all of them where that is more than the
  /// ring holds. Fewer wake-ups of a blocked producer, for room that is used later. After REIP's
  /// `delete_rate`; a ring that is not full is not affected, nor are bytes.
  public var deleteRate: Int?
  /// What the ring's memory is made of; which pages it got is in `/proc/PID/smaps`.
  public var pages: SegmentPages

  public init(
    capacity: Int = 100, arenaByteCount: Int = 0, customerLimit: Int = 64,
    backpressure: Backpressure = .block, wait: WaitStrategy = .standard,
    skipsWithoutCustomers: Bool = true, byteBudget: Int? = nil, deleteRate: Int? = nil,
    pages: SegmentPages = .automatic
  ) {
    self.capacity = capacity
    self.arenaByteCount = arenaByteCount
    self.customerLimit = customerLimit
    self.backpressure = backpressure
    self.wait = wait
    self.skipsWithoutCustomers = skipsWithoutCustomers
    self.byteBudget = byteBudget
    self.deleteRate = deleteRate
    self.pages = pages
  }

  /// Refuses limits that nothing could pass.
  func check() throws(TransportError) {
    if let byteBudget, byteBudget < 1 {
      throw TransportError(
        .invalidArgument,
        "a byte budget of \(byteBudget) lets nothing through; give it 1 or more, or nil")
    }
    if let deleteRate, deleteRate < 1 {
      throw TransportError(
        .invalidArgument,
        "a delete rate of \(deleteRate) never makes room; give it 1 or more, or nil")
    }
  }

  /// What the ring's customers must know of it.
  var rules: RingRules {
    var rules: RingRules = []
    if backpressure == .dropOldest { rules.insert(.itemsCanBeTaken) }
    if pages == .base { rules.insert(.basePages) }
    return rules
  }

  /// Arena bytes for `depth` items of up to `itemByteCount` bytes each.
  public static func arenaByteCount(depth: Int, itemByteCount: Int) -> Int {
    itemByteCount <= RingLayout.inlineByteCount
      ? 0 : depth * RingLayout.arenaFootprint(ofByteCount: itemByteCount)
  }

  /// As ``arenaByteCount(depth:itemByteCount:)``, and at least ``RingLayout/spreadByteCount`` for items
  /// of 1 KiB and more: several times as fast between cores for payloads up to some tens of KiB, and a few
  /// MiB of memory. Smaller items cost their hand-over, and gain by lines that are near.
  public static func spreadArenaByteCount(depth: Int, itemByteCount: Int) -> Int {
    let least = arenaByteCount(depth: depth, itemByteCount: itemByteCount)
    return itemByteCount < spreadItemByteCount ? least : max(least, RingLayout.spreadByteCount)
  }

  private static let spreadItemByteCount = 1024
}
