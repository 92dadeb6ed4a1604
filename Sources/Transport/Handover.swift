// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// A producer on its way to another process: a value to encode, and descriptors to inherit.
public struct ProducerHandover: Sendable, Codable {
  public let configuration: ProducerConfiguration
  public let sources: [SourceConfiguration]
  /// Descriptors to inherit, in this order: the segment, the promise that a producer will come, the
  /// doorbell if there is a queue, and one channel per queue customer; replaced by their numbers over
  /// there.
  public var descriptors: [CInt]
}

/// Keeps the descriptors of a handover open until the child has inherited them.
public final class HandoverKeeper: Sendable {
  private let segment: Segment
  private let promise: LivenessLock
  private let queueKeeper: (any Sendable)?

  init(segment: Segment, promise: consuming LivenessLock, queue: (any Sendable)?) {
    self.segment = segment
    self.promise = promise
    queueKeeper = queue
  }
}

extension Producer {
  /// Gives this producer to another process, before anything was put or started.
  ///
  /// Keep the second value until the child runs, and no longer: it owns the descriptors. When nobody
  /// holds them any more and no producer attached, customers learn that it is gone.
  /// - Throws: `.unsupported` when items were put or a customer is in this process.
  public consuming func handover() throws(TransportError) -> (ProducerHandover, HandoverKeeper) {
    guard head == 0, server == nil, !isPublished, loanRecord == nil,
      !sources.contains(where: { $0.store == .list })
    else {
      throw TransportError(
        .unsupported,
        "only a fresh producer without list customers can be handed over; do it before the first put, "
          + "and publish it over there"
      )
    }
    let promise = try TransportError.wrapping { () throws(SharedMemoryError) in
      try control.promise(ofCustomer: nil)
    }
    let descriptors =
      [control.segment.descriptor, promise.descriptor]
      + [queue?.doorbellDescriptor].compactMap { $0 }
      + channels.compactMap { $0 }
    // Release: pairs with the acquire in RingControl.producerIsGone, which looks at the promise then:
    // until the producer attaches over there, nobody may take its silence for death.
    control.producerState.storeRelease(RingControl.ProducerState.handedOver.rawValue)
    return (
      ProducerHandover(
        configuration: configuration, sources: sources, descriptors: descriptors),
      HandoverKeeper(segment: control.segment, promise: promise, queue: queue)
    )
  }

  /// Takes over a producer that another process handed over. Owns the descriptors from here on,
  /// also when it fails.
  public static func attach(_ handover: ProducerHandover) throws(TransportError) -> Producer {
    let descriptors = InheritedDescriptors(owning: handover.descriptors)
    try handover.configuration.check()
    let queueCount = handover.sources.count(where: { $0.store == .queue })
    guard descriptors.count == 2 + (queueCount > 0 ? 1 + queueCount : 0),
      let segmentDescriptor = descriptors.take(), let promised = descriptors.take()
    else {
      throw TransportError(
        .invalidArgument, "the handover's descriptors are incomplete; inherit all of them")
    }
    // Held until the producer's own lock says that it lives.
    let promise = InheritedDescriptors(owning: [promised])
    defer { withExtendedLifetime(promise) {} }
    let control = try TransportError.wrapping { () throws(SharedMemoryError) in
      try RingControl(attaching: try Segment.attach(descriptor: segmentDescriptor))
    }
    guard handover.sources.count <= control.layout.customerLimit else {
      throw TransportError(
        .invalidArgument, "the handover names more customers than the ring has; hand over anew")
    }
    guard control.ruleSet == handover.configuration.rules else {
      throw TransportError(
        .invalidArgument, "the handover's backpressure is not the ring's; hand over anew")
    }
    var producer = Producer(
      control: control, configuration: handover.configuration, liveness: try lock(control))
    if queueCount > 0, let doorbell = descriptors.take() {
      producer.adoptQueue(Doorbell(owning: doorbell))
    }
    for (index, source) in handover.sources.enumerated() {
      let channel = source.store == .queue ? descriptors.take() : nil
      try producer.connect(
        source, at: index, channel: channel.map { ByteChannel(owning: $0) })
      producer.sources.append(source)
      producer.lines.append(control.customer(index))
      producer.channels.append(channel)
    }
    return producer
  }
}
