// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

/// What a ring is doing at one moment, read from outside without disturbing it: read-only memory, no
/// lock, nobody asked.
///
/// The words are read one after the other while both ends go on, so counts may be a few items apart.
public struct RingSnapshot: Hashable, Sendable, Codable {
  /// How a ring stands.
  public enum State: String, Hashable, Sendable, Codable {
    case open
    /// The producer ended the stream.
    case ended
    /// The producer ended the stream at once, whatever was yet to be taken.
    case terminated
    /// Its producer is being handed to another process and has yet to attach.
    case unattended
    /// The producer's process is gone without an end.
    case producerGone = "producer-gone"
    /// A name whose process is gone, and nobody holds the ring any more.
    case stale
    /// The segment contradicts itself; see ``RingSnapshot/problem``.
    case corrupt
  }

  public var name: String?
  /// Process of the producer, as it said itself; nil when it did not.
  public var producer: Int32?
  /// Processes that have the ring open.
  public var processes: [Int32] = []
  public var state: State
  /// What is wrong, in one line; for ``State/corrupt`` and ``State/stale``.
  public var problem: String?
  /// Nil when the segment cannot be read.
  public var counts: Counts?
  /// Places that are or were somebody's, in their order.
  public var customers: [Customer] = []

  /// The ring's words.
  public struct Counts: Hashable, Sendable, Codable {
    /// Items published.
    public var head: UInt64
    /// The oldest item that some customer has not released.
    public var tail: UInt64
    /// Items between the two.
    public var held: UInt64
    /// Items the ring holds at most.
    public var capacity: Int
    public var customerLimit: Int
    public var arenaByteCount: Int
    /// Items discarded because the ring was full.
    public var dropped: UInt64
    /// Customers given up because their process ended.
    public var evicted: UInt64
    /// Of the payloads in shared memory; nil when there are none.
    public var serializer: String?

    enum CodingKeys: String, CodingKey {
      case head, tail, held, capacity, dropped, evicted, serializer
      case customerLimit = "customer_limit"
      case arenaByteCount = "arena_bytes"
    }
  }

  /// One customer's place.
  public struct Customer: Hashable, Sendable, Codable {
    public enum State: String, Hashable, Sendable, Codable {
      case reserved, attached, detached
      /// Attached, or promised to another process, and that is gone: the producer will give it up.
      case dead
      /// What its line says is no state.
      case corrupt
    }

    public var place: Int
    /// Nil before it attached.
    public var process: Int32?
    public var store: StoreKind?
    public var strategy: String?
    public var state: State
    public var cursor: UInt64
    /// Items published and not yet released by it; 0 once it is detached.
    public var lag: UInt64
    /// Items passed over by its strategy.
    public var skipped: UInt64
    /// Items that the producer took away from it.
    public var dropped: UInt64
  }
}

extension RingSnapshot {
  /// Reads a ring.
  public init(of control: RingControl) {
    let probe = LivenessProbe(segment: control.segment)
    // A descriptor that cannot be had is no death.
    let isAlive = { (party: Int) in probe?.isAlive(party: party) ?? true }
    let head = control.publishedEnd(from: control.head.loadAcquire())
    var tail = head
    for index in 0..<control.placesInUse {
      let line = control.customer(index)
      let state = Customer.state(of: line, place: index, isAlive)
      if state == .attached || state == .reserved {
        tail = RingCounter.earlier(tail, line.cursor.loadAcquire())
      }
      guard let state else { continue }
      customers.append(Customer(place: index, line, state, head: head))
    }
    switch control.state.loadAcquire() {
    case RingControl.State.ended.rawValue: state = .ended
    case RingControl.State.terminated.rawValue: state = .terminated
    case RingControl.State.open.rawValue:
      state = Self.state(ofProducer: control.producerState.loadAcquire(), isAlive)
    default:
      state = .corrupt
      problem = "the ring's state word is \(control.state.loadAcquire())"
    }
    let process = Int32(truncatingIfNeeded: control.producerProcess.loadRelaxed())
    producer = process > 0 ? process : nil
    let held = RingCounter.distance(from: tail, to: head)
    counts = Counts(
      head: head, tail: tail, held: UInt64(max(0, held)), capacity: control.layout.capacity,
      customerLimit: control.layout.customerLimit, arenaByteCount: control.layout.arenaByteCount,
      dropped: control.dropped.loadRelaxed(), evicted: control.evicted.loadRelaxed(),
      serializer: control.serializerName)
    // A cursor read before the producer went on looks further behind than it is, by a lap at most.
    if held > 2 * Int64(control.layout.slotCount) {
      state = .corrupt
      problem = "a cursor is \(held) items behind in a ring of \(control.layout.capacity)"
    }
    if customers.contains(where: { $0.state == .corrupt }) {
      state = .corrupt
      problem = problem ?? "a customer's state word is none"
    }
  }
}

extension RingSnapshot {
  /// What the producer of a ring that is open is to it.
  private static func state(ofProducer word: UInt32, _ isAlive: (Int) -> Bool) -> State {
    switch RingControl.ProducerState(rawValue: word) {
    case .attached: isAlive(RingControl.producerParty) ? .open : .producerGone
    case .handedOver:
      isAlive(RingControl.promisedParty(ofCustomer: nil)) ? .unattended : .producerGone
    default: .unattended
    }
  }
}

extension RingSnapshot.Customer {
  /// Nil for a place that is nobody's.
  fileprivate static func state(
    of line: CustomerLine, place: Int, _ isAlive: (Int) -> Bool
  ) -> State? {
    switch CustomerLine.State(rawValue: line.state.loadAcquire()) {
    case .free: nil
    case .reserved: .reserved
    case .handedOver:
      isAlive(RingControl.promisedParty(ofCustomer: place)) ? .reserved : .dead
    case .attached: isAlive(place + 1) ? .attached : .dead
    case .detached: .detached
    case nil: .corrupt
    }
  }

  fileprivate init(place: Int, _ line: CustomerLine, _ state: State, head: UInt64) {
    self.place = place
    self.state = state
    let process = Int32(truncatingIfNeeded: line.process.loadRelaxed())
    self.process = process > 0 ? process : nil
    store = StoreKind(code: line.store.loadRelaxed())
    switch Strategy(code: line.strategy.loadRelaxed(), skip: line.skip.loadRelaxed()) {
    case .all: strategy = "all"
    case .latest: strategy = "latest"
    case .skip(let count): strategy = "skip \(count)"
    case .named(let name): strategy = name
    case nil: strategy = nil
    }
    cursor = line.cursor.loadAcquire()
    lag =
      state == .detached ? 0 : UInt64(max(0, RingCounter.distance(from: cursor, to: head)))
    skipped = line.skipped.loadRelaxed()
    dropped = line.dropped.loadRelaxed()
  }
}
