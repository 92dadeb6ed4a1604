// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Serialization
internal import SharedMemory
internal import Topology
internal import Transport

/// The transport ends of one worker, attached.
struct Ends: ~Copyable {
  private var producer: Producer<Frame>?
  private var customer: Customer<Frame>?
  /// Nil for cells whose messages are plain bytes.
  private let patterns: FramePatterns?
  /// The segment of the sending end, else of the receiving one.
  let segment: Segment?
  /// The segment of the receiving end of a worker that has both.
  let receivingSegment: Segment?

  /// - Parameter sizes: of messages that do not all have the cell's.
  init(_ details: RoleDetails, _ cell: Cell, seed: Int, sizes: MessageSizes?) throws {
    let patterns =
      cell.serializer == "raw"
      ? nil
      : try FramePatterns(
        byteCount: cell.size.bytes, seed: seed, depth: cell.depth, sizes: sizes)
    var (sending, receiving): (Segment?, Segment?) = (nil, nil)
    let producer = try Self.attach(details.sends.first, &sending)
    let customer = try Self.attach(details.receives.first, &receiving)
    self.patterns = patterns
    segment = sending
    receivingSegment = receiving
    self.producer = consume producer
    self.customer = consume customer
  }

  private static func attach(
    _ handover: ProducerHandover?, _ segment: inout Segment?
  ) throws -> Producer<Frame>? {
    guard let handover else { return nil }
    var producer = try Producer<Frame>.attach(handover)
    try producer.spawn()
    segment = producer.segment
    return producer
  }

  private static func attach(
    _ handover: SourceHandover?, _ segment: inout Segment?
  ) throws -> Customer<Frame>? {
    guard let handover else { return nil }
    let customer = try Customer<Frame>(handover)
    segment = customer.segment
    return customer
  }

  /// Makes all pages present before any clock runs.
  ///
  /// Under a first-touch policy the producer's touch decides, so customers leave it to the producer.
  func touch(_ session: WorkerSession, _ side: WorkerSide) throws {
    try segment?.populate(.forWriting)
    if session.assignment.seating.memory.policy != .firstTouch || side == .producer {
      try receivingSegment?.populate(.forWriting)
    }
  }

  /// The frames that travel.
  func frames() throws -> FramePatterns {
    guard let patterns else { throw Self.missing("frames") }
    return patterns
  }

  mutating func takeProducer() throws -> Producer<Frame> {
    guard let taken = producer.take() else { throw Self.missing("producer") }
    return taken
  }

  mutating func takeCustomer() throws -> Customer<Frame> {
    guard let taken = customer.take() else { throw Self.missing("customer") }
    return taken
  }

  private static func missing(_ end: String) -> LaunchError {
    LaunchError(.protocolViolation, "a worker was given no \(end); run the same build throughout")
  }
}
