// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Serialization
public import SharedMemory

extension Customer {
  /// Attaches to the ring that a producer of this user has published under a name, from any process
  /// and at any time: before its first put or while it streams. The first item is the next one that
  /// is put.
  ///
  /// - Parameters:
  ///   - name: see ``Producer/publish(as:serializer:in:)``.
  ///   - strategy: every item by default.
  ///   - wait: spin, then park, by default. One that may park takes tens of milliseconds to attach:
  ///     see ``MemoryBarrier/everywhere()``.
  ///   - store: only shared memory reaches an unrelated process.
  ///   - serializer: what the payloads are expected to be; by default what the segment says.
  ///   - directory: where names are looked up; both ends must agree on it.
  /// - Throws: `.sharedMemory` with `nameAbsent`, `nameStale`, `notPermitted`, `versionMismatch` or
  ///   `corrupt`, or `invalidArgument` (no name); `.unsupported` when every place is taken, for
  ///   another store, or for another serializer; `.serialization` for one that is not registered
  ///   here or cannot carry the item.
  public init(
    attaching name: String, strategy: Strategy = .all, wait: WaitStrategy = .standard,
    store: StoreKind = .shm, serializer: String? = nil, in directory: RuntimeDirectory = .standard
  ) throws(TransportError) {
    guard store == .shm else {
      throw TransportError(
        .unsupported,
        "a \(store.rawValue) store cannot be reached by name from an unrelated process; use shm, or "
          + "inherit a handover of its source")
    }
    let control = try Self.ring(named: name, in: directory)
    let codec = try Self.codec(of: control, name, expected: serializer)
    let configuration = SourceConfiguration(
      store: .shm, serializer: codec.name, strategy: strategy, wait: wait)
    let takesLeases = try Self.rules(of: control).contains(.itemsCanBeTaken)
    let stepper = try StrategyStepper(strategy, control: control, watchesSlots: !takesLeases)
    let place = try Self.claim(control)
    let line = control.customer(place.index)
    Self.arrive(at: place.index, control, configuration)
    self.init(
      control: control, line: line, items: nil, inbox: nil, configuration: configuration,
      serializer: codec, stepper: stepper, takesLeases: takesLeases,
      liveness: place.takeLock())
  }

  private static func ring(
    named name: String, in directory: RuntimeDirectory
  ) throws(TransportError) -> RingControl {
    try TransportError.wrapping { () throws(SharedMemoryError) in
      guard let ring = try NamedRing.find(name, in: directory) else {
        throw try NamedRing.absent(name, in: directory)
      }
      return try RingControl(attaching: try ring.segment())
    }
  }

  /// The serializer that the segment says its payloads are written by.
  private static func codec(
    of control: RingControl, _ name: String, expected: String?
  ) throws(TransportError) -> any Serializer {
    guard let recorded = control.serializerName else {
      throw TransportError(
        .corrupt, "the segment of '\(name)' names no serializer; start its producer anew")
    }
    if let expected {
      let expected = try Producer<Item>.serializer(expected).name
      guard expected == recorded else {
        throw TransportError(
          .unsupported,
          "the payloads of '\(name)' are written by '\(recorded)', not '\(expected)'; attach "
            + "without naming a serializer, or publish with that one")
      }
    }
    return try Producer<Item>.serializer(recorded)
  }

  /// A place of one's own. Others hold places for a moment while they look for the dead, so a full
  /// table is looked at more than once.
  private static func claim(_ control: RingControl) throws(TransportError) -> RingPlace {
    for _ in 0..<claimAttempts {
      let place = try TransportError.wrapping { () throws(SharedMemoryError) in
        try control.takePlace()
      }
      if let place { return place }
      Pause.aMoment()
    }
    return try Producer<Item>.takePlace(control)
  }

  private static var claimAttempts: Int { 5 }

  /// Takes part in the ring from its newest end on. The caller holds the place's lock.
  ///
  /// The producer is not asked and may put at full speed meanwhile. What makes this safe is one
  /// Dekker step with its look at the cursors, `Producer.meetNewcomers`:
  ///
  ///     newcomer                               producer, once per lap or when it finds no room
  ///     place made, cursor = c, attached       head = h
  ///     -- full fence --                       -- full fence --
  ///     start = end of what is published       look at all places made: slowest cursor, at most h
  ///     cursor = start                         put while below slowest + capacity
  ///
  /// If the look missed the newcomer, the newcomer's fence came later, so `start` is at least h, and
  /// until the next look nothing is put at or above h + capacity: no item from h on is replaced. If
  /// the look found the newcomer, it found c or `start`, and both are at or below what the newcomer
  /// will read. `c` is the end as it was a moment before, so that the look does not take the
  /// newcomer for a customer that is far behind.
  private static func arrive(
    at index: Int, _ control: RingControl, _ configuration: SourceConfiguration
  ) {
    let line = control.customer(index)
    line.describe(configuration)
    line.noteProcess()
    if configuration.wait.mayPark {
      control.customersWait.expectParking()
      // The producer's thread skips its fence while it has not seen that word: after this it has, or
      // its earlier items are seen here. Where the kernel has no such barrier, a sleeper looks around
      // by itself every 50 ms: see ProcessWatch.init.
      MemoryBarrier.everywhere()
    }
    // As late as can be: a producer that skips items without readers starts to take them here.
    control.notePlace(index)
    let before = control.publishedEnd(from: control.head.loadAcquire())
    line.requestStart.storeRelaxed(before)
    line.requestEnd.storeRelaxed(before)
    line.cursor.storeRelaxed(before)
    // Where items can be taken away, none is before the cursor is where it begins.
    line.lease.storeRelaxed(CustomerLine.Lease.customer.rawValue)
    // Release: pairs with the acquire in CustomerLine.holdsItems; the words above are set.
    line.state.storeRelease(CustomerLine.State.attached.rawValue)
    MemoryBarrier.full()  // pairs with the one in Producer.meetNewcomers
    // Release: pairs with the acquire in Producer.slowestCursor.
    line.cursor.storeRelease(control.publishedEnd(from: control.head.loadAcquire()))
    // Release: pairs with the acquire in Producer.takeLeases.
    line.lease.storeRelease(CustomerLine.Lease.free.rawValue)
    control.producerWait.notify()
  }
}

extension NamedRing {
  /// The error for a name that is not there, with the one that was probably meant.
  package static func absent(
    _ name: String, in directory: RuntimeDirectory
  ) throws(SharedMemoryError) -> SharedMemoryError {
    let known = try directory.names()
    let nearest = NearestName(to: name, among: known).name
    return SharedMemoryError(
      .nameAbsent,
      "no ring is published as '\(name)' in \(directory.path); "
        + (nearest.map { "did you mean '\($0)'?" }
          ?? "start its producer, or set \(RuntimeDirectory.variable) as it does"))
  }
}
