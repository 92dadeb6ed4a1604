// SPDX-License-Identifier: Apache-2.0
internal import Serialization
public import SharedMemory

extension Producer {
  /// Publishes the ring: from now on any process of this user can attach with
  /// ``Customer/init(attaching:strategy:wait:store:serializer:in:)``, at any time and without the
  /// producer's help.
  ///
  /// Newcomers read from shared memory, so what is put is encoded there from now on, also while
  /// nobody is attached and items without readers are kept. The name is free again when the producer
  /// goes, however it does.
  ///
  /// - Parameters:
  ///   - name: 1 to 64 of the characters A-Z a-z 0-9 . _ -, the first one no dot.
  ///   - serializer: registered name; recorded in the segment, so that a customer needs the ring's
  ///     name alone.
  ///   - directory: where names are looked up; both ends must agree on it.
  /// - Throws: `.sharedMemory` with `nameTaken`, `notPermitted` (a directory that is not private) or
  ///   `invalidArgument` (no name); `.unsupported` when shared memory holds another serializer's
  ///   payloads, or the ring has a name already.
  public mutating func publish(
    as name: String, serializer: String, in directory: RuntimeDirectory = .standard
  ) throws(TransportError) {
    if let publishedName {
      throw TransportError(
        .unsupported, "this ring is published as '\(publishedName.name)'; attach under that name")
    }
    if control.isEnded { throw Self.hasEnded() }
    try useShared(serializer)
    // Before the first newcomer can come: from the next put on the table is looked at.
    isPublished = true
    forgetRoom()
    control.head.storeRelease(head)
    let segment = control.segment
    publishedName = try TransportError.wrapping { () throws(SharedMemoryError) in
      try PublishedName(name, of: segment, in: directory)
    }
  }

  /// The name under which the ring is published.
  public var name: String? { publishedName?.name }

  /// Takes newcomers into the table, for the look at all cursors that follows.
  ///
  /// The head goes first, then the fence, then the look: of this fence and the one in
  /// `Customer.arrive` one comes first. If the newcomer's does, its place, state and cursor are seen
  /// here and hold items back. If ours does, the newcomer reads this head or a later one afterwards
  /// and starts there, and what is put before the next look stays below this head plus the capacity:
  /// it replaces nothing from this head on.
  @usableFromInline
  mutating func meetNewcomers() {
    if isPublished {
      control.head.storeRelease(head)
      MemoryBarrier.full()  // pairs with the one in Customer.arrive
    }
    for index in lines.count..<max(lines.count, control.placesInUse) {
      lines.append(control.customer(index))
      sources.append(SourceConfiguration(store: .shm, serializer: sharedSerializer?.name ?? ""))
      channels.append(nil)
    }
  }

  /// Whether items are taken although no place is known to be anybody's: the path without customers.
  @usableFromInline
  mutating func hasReaders() -> Bool {
    if !configuration.skipsWithoutCustomers { return true }
    if isPublished, control.placesInUse > 0 { meetNewcomers() }
    return !lines.isEmpty
  }
}
