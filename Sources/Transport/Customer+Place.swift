// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory

extension Customer {
  /// The list store encodes nothing, so the name does not matter there.
  static func serializer(
    _ configuration: SourceConfiguration
  ) throws(TransportError) -> any Serializer {
    configuration.store == .list
      ? RawSerializer() : try Producer<Item>.serializer(configuration.serializer)
  }

  /// Tries to take a place that others may hold for a moment.
  private static var lockAttempts: Int { 100 }

  /// Moves the place from reserved to attached. The lock comes first: a place that is attached
  /// without one is a dead customer's.
  static func take(
    _ line: CustomerLine, at index: Int, of segment: Segment
  ) throws(TransportError) -> LivenessLock {
    let promised = [CustomerLine.State.reserved, .handedOver].map(\.rawValue)
    // Acquire: pairs with the release in Producer.makeSource. A newcomer that took the place for a
    // free one a moment ago lets go of its lock at once.
    for _ in 0..<Self.lockAttempts {
      let kept = line.state.loadAcquire()
      guard promised.contains(kept) else { break }
      let lock = try TransportError.wrapping { () throws(SharedMemoryError) in
        try LivenessLock.ifFree(segment: segment, party: index + 1)
      }
      guard let lock else {
        Pause.aMoment()
        continue
      }
      if line.state.compareExchange(
        expected: kept, desired: CustomerLine.State.attached.rawValue)
      {
        return lock
      }
    }
    throw TransportError(
      .unsupported, "customer \(index)'s place was taken before; make another source")
  }

  static func inbox(
    _ control: RingControl, _ line: CustomerLine, _ configuration: SourceConfiguration,
    _ descriptors: InheritedDescriptors
  ) throws(TransportError) -> QueueInbox? {
    guard descriptors.count == (configuration.store == .queue ? 2 : 0) else {
      throw TransportError(
        .invalidArgument,
        "a queue customer needs its channel and doorbell, others neither; inherit what the handover "
          + "names")
    }
    guard let channel = descriptors.take(), let doorbell = descriptors.take() else { return nil }
    return QueueInbox(
      control: control, line: line, channel: ByteChannel(owning: channel),
      doorbell: Doorbell(owning: doorbell), strategy: configuration.wait)
  }
}
