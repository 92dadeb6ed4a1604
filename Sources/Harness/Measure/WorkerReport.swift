// SPDX-License-Identifier: Apache-2.0
public import Topology

/// Which end of a cell a worker plays, or that it stands between them, for putting its observations under the right heading.
public enum WorkerSide: String, Codable, Sendable {
  case producer, customer, relay
}

/// What one worker measured, sent to the harness when it is done.
public struct WorkerReport: Codable, Sendable {
  /// Of the receiver that leads; others add to them by number.
  public var slices: [LaunchRecord.Slice] = []
  /// The numbers of `slices` on the board; empty for a worker that has no others to agree with.
  public var sliceNumbers: [UInt32] = []
  /// What other receivers got in the same slices.
  public var shares: [SliceShare] = []
  /// What a sender measured in these slices; `senderKind` says what it is.
  public var senderSlices: [SenderSlice] = []
  public var senderKind: SenderKind?
  /// Latencies of no slice in particular, as (nanoseconds, count).
  public var latency: [[UInt64]] = []
  /// Of an open load: see ``LaunchRecord``.
  public var response: [[UInt64]] = []
  public var service: [[UInt64]] = []
  public var lag: [[UInt64]] = []
  public var ownLag: [[UInt64]] = []
  public var generator: GeneratorRecord?
  public var integrity = Integrity()
  public var noise = Noise()
  /// Processor time over elapsed time, from the beginning of the warm-up to the report; of all
  /// workers together once they are merged. Nil when unknown.
  public var busyCores: Double?
  public var producerCPUs: [Int] = []
  public var customerCPUs: [Int] = []
  public var segmentPagesByNode: [String: Int]?
  public var segmentPageSizes: PageSizes?
  /// Of a relay: the CPUs it was seen on, and the pages of the replica that it feeds.
  public var relayCPUs: [Int]?
  public var replicaPagesByNode: [String: Int]?
  /// Nil when placement could not be checked; the reason is then in `placementNote`.
  public var placementVerified: Bool?
  public var placementNote: String?
  /// Machine limits, from the roofline's own workers.
  public var limits: [MeasuredLimit] = []
  /// What went wrong, in one line; nil when all went well.
  public var error: String?

  public init() {}

  /// One receiver's part of a slice.
  public struct SliceShare: Codable, Sendable {
    public var number: UInt32
    public var messages: Int
    public var bytes: Int
    public var latencies: SliceLatencies?
  }

  /// What a sender measured in a slice, as in `PairCoding`.
  public struct SenderSlice: Codable, Sendable {
    public var number: UInt32
    public var pairs: String
  }

  public enum SenderKind: String, Codable, Sendable {
    case latency, lag
  }

  public enum LimitName: String, Codable, Sendable {
    /// Latency histograms of half round trips.
    case cachelinePingPong = "cacheline_pingpong"
    case futexPingPong = "futex_pingpong"
    case pipePingPong = "pipe_pingpong"
    /// Bytes per second, by size.
    case memcpy
    /// Bytes per second that one core reads, and writes, by size.
    case read, write
    /// Messages per second, by size.
    case plainRing = "plain_ring"
    /// Nanoseconds.
    case clockRead = "clock_read"
  }

  /// One limit of the machine: a latency histogram, or a value.
  public struct MeasuredLimit: Codable, Sendable {
    public var name: LimitName
    /// Message size in bytes, for limits that depend on it.
    public var byteCount: Int?
    public var latency: [[UInt64]]?
    /// Bytes or messages per second, or nanoseconds, as the name says.
    public var value: Double?
  }

  public mutating func note(_ cpus: Set<Int>, side: WorkerSide) {
    switch side {
    case .producer: producerCPUs = Set(producerCPUs).union(cpus).sorted()
    case .customer: customerCPUs = Set(customerCPUs).union(cpus).sorted()
    case .relay: relayCPUs = Set(relayCPUs ?? []).union(cpus).sorted()
    }
  }

  /// Wrong when either is, else unknown when either is, so that the order does not matter.
  private static func both(_ first: Bool?, _ second: Bool?) -> Bool? {
    if first == false || second == false { return false }
    return first == nil || second == nil ? nil : true
  }

  /// Adds what another thread of the same worker, or another worker of the launch, measured.
  public mutating func merge(_ other: WorkerReport) {
    slices += other.slices
    sliceNumbers += other.sliceNumbers
    shares += other.shares
    senderSlices += other.senderSlices
    senderKind = senderKind ?? other.senderKind
    latency += other.latency
    response += other.response
    service += other.service
    lag += other.lag
    ownLag += other.ownLag
    generator = generator ?? other.generator
    integrity = integrity + other.integrity
    note(Set(other.producerCPUs), side: .producer)
    note(Set(other.customerCPUs), side: .customer)
    if let more = other.relayCPUs { note(Set(more), side: .relay) }
    if let more = other.replicaPagesByNode {
      replicaPagesByNode = (replicaPagesByNode ?? [:]).merging(more, uniquingKeysWith: +)
    }
    busyCores = busyCores.flatMap { own in other.busyCores.map { own + $0 } }
    segmentPagesByNode = segmentPagesByNode ?? other.segmentPagesByNode
    segmentPageSizes = segmentPageSizes ?? other.segmentPageSizes
    placementVerified = Self.both(placementVerified, other.placementVerified)
    placementNote = placementNote ?? other.placementNote
    error = error ?? other.error
  }
}
