// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SharedMemory

/// A place kept for one customer, to be taken once: by a thread with ``Customer/init(_:)``, or by
/// another process with what ``handover()`` gives.
public final class SourceTicket<Item: TransportItem>: Sendable {
  let control: RingControl
  let items: ListStore<Item>?
  let index: Int
  let configuration: SourceConfiguration
  /// Owned: a producer may be gone before its ticket is used.
  let channel: CInt?
  let doorbell: CInt?
  /// The process that made the ticket, whose threads alone may use it.
  let process = ProcessIdentity.current
  /// Held from the handover on: while a copy of its descriptor is somewhere, somebody may attach.
  private let promise = Guarded<LivenessLock?>(nil)

  init(
    control: RingControl, items: ListStore<Item>?, index: Int, configuration: SourceConfiguration,
    channel: CInt?, doorbell: CInt?
  ) {
    self.control = control
    self.items = items
    self.index = index
    self.configuration = configuration
    self.channel = channel
    self.doorbell = doorbell
  }

  deinit {
    if let channel { close(channel) }
    if let doorbell { close(doorbell) }
    // Nobody is left who could take the place: it must not hold items back for ever.
    if !isMutated(.leakedCursor),
      control.customer(index).state.compareExchange(
        expected: CustomerLine.State.reserved.rawValue,
        desired: CustomerLine.State.detached.rawValue)
    {
      control.producerWait.ring()
    }
  }

  /// Where a customer with this ticket runs, seen from the producer.
  public var context: Context { configuration.store.context }

  /// - Throws: `.wrongContext` in another process, where a fork took the ticket: its list store is a
  ///   copy there that nobody writes to.
  func checkProcess() throws(TransportError) {
    let here = ProcessIdentity.current
    if here == process { return }
    throw TransportError(
      .wrongContext,
      "this ticket was made in process \(process.number) and is used in process \(here.number); make it for the "
        + "context otherProcess and give its handover() to a process that is spawned")
  }

  /// What a child process must inherit, and what to tell it.
  ///
  /// Descriptors stay owned by the ticket: keep it until the child runs. From now on the place is
  /// kept for whoever holds them; when the ticket is gone and the child ended before it attached, the
  /// producer gives the place up like that of a dead customer.
  /// - Throws: `.unsupported` for a list store, whose items never leave the process;
  ///   `.wrongContext` in a process that got the ticket by a fork.
  public func handover() throws(TransportError) -> SourceHandover {
    try checkProcess()
    guard configuration.store != .list else {
      throw TransportError(
        .unsupported, "a list store stays in its process; use queue or shm for another one")
    }
    let (control, index) = (control, index)
    let kept = try promise.withLock { (promise) throws(TransportError) -> CInt in
      if promise == nil {
        promise = try TransportError.wrapping { () throws(SharedMemoryError) in
          try control.promise(ofCustomer: index)
        }
        // The promise first: a place that is handed over without one is a dead customer's.
        _ = control.customer(index).state.compareExchange(
          expected: CustomerLine.State.reserved.rawValue,
          desired: CustomerLine.State.handedOver.rawValue)
      }
      return promise?.descriptor ?? -1
    }
    return SourceHandover(
      index: index, configuration: configuration,
      descriptors: [control.segment.descriptor, kept] + [channel, doorbell].compactMap { $0 })
  }
}

/// A customer's place on its way to another process: a value to encode, and descriptors to inherit.
public struct SourceHandover: Sendable, Codable {
  public let index: Int
  public let configuration: SourceConfiguration
  /// Descriptors to inherit, in this order; replaced by their numbers over there.
  public var descriptors: [CInt]
}
