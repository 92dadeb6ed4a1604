// SPDX-License-Identifier: Apache-2.0

/// Everything one launch of one cell measured; a run keeps these, so every number can be redone.
public struct LaunchRecord: Hashable, Sendable {
  public var cellID: String
  /// 0 for the first launch of the cell.
  public var launch: Int
  public var slices: [Slice]
  /// Closed loop only: what the workload's latency kind says.
  public var latency: [LatencyHistogram.Pair]
  /// Open loop only: from the intended start, and from the actual start.
  public var response: [LatencyHistogram.Pair]
  public var service: [LatencyHistogram.Pair]
  /// Open loop only: from the intended start to the actual one.
  public var lag: [LatencyHistogram.Pair]
  /// Open loop only: the part of ``lag`` that is the generator's own, not the transport's that held
  /// it up.
  public var ownLag: [LatencyHistogram.Pair] = []
  /// Open loop only; nil when unknown.
  public var generator: GeneratorRecord?
  public var integrity: Integrity
  /// Nil when nobody looked.
  public var placement: ObservedPlacement?
  public var noise: Noise
  /// Cores that all workers together kept busy, warm-up included; nil when unknown.
  public var busyCores: Double?
  /// The same of all producers, and of all customers; nil when unknown, or when one process has both.
  public var producerBusyCores: Double?
  public var customerBusyCores: Double?
  /// How far apart its CPUs were; nil when nobody looked.
  public var link: LinkFingerprint?
  /// How it was made to differ from other launches, and what they all have alike; nil in runs recorded
  /// before that was kept.
  public var conditions: LaunchConditions?
  /// What went wrong in a worker, one sentence each; any makes the launch a failure.
  public var errors: [String]

  public init(
    cellID: String, launch: Int, slices: [Slice] = [], latency: [LatencyHistogram.Pair] = [],
    response: [LatencyHistogram.Pair] = [], service: [LatencyHistogram.Pair] = [],
    lag: [LatencyHistogram.Pair] = [],
    integrity: Integrity = Integrity(), placement: ObservedPlacement? = nil,
    noise: Noise = Noise(), link: LinkFingerprint? = nil, errors: [String] = []
  ) {
    self.cellID = cellID
    self.launch = launch
    self.slices = slices
    self.latency = latency
    self.response = response
    self.service = service
    self.lag = lag
    self.integrity = integrity
    self.placement = placement
    self.noise = noise
    self.link = link
    self.errors = errors
  }
}

extension LaunchRecord {
  /// Messages per second over slices, total over total; nil when no time passed.
  ///
  /// - Parameter everything: whether quarantined slices count too. Without, a launch whose slices
  ///   are all quarantined falls back to all of them rather than vanish.
  func messageRate(everything: Bool) -> Double? { rate(\.messages, everything: everything) }

  func byteRate(everything: Bool) -> Double? { rate(\.bytes, everything: everything) }

  private func rate(_ amount: KeyPath<Slice, Int>, everything: Bool) -> Double? {
    let clean = slices.filter { $0.quarantine == nil }
    return Self.rate(amount, of: everything || clean.isEmpty ? slices : clean)
  }

  static func rate(_ amount: KeyPath<Slice, Int>, of counted: [Slice]) -> Double? {
    // Whole nanoseconds add up exactly; seconds would not.
    let time = Nanoseconds(counted.reduce(0) { $0 + $1.duration.count })
    guard time.count > 0 else { return nil }
    return Double(counted.reduce(0) { $0 + $1[keyPath: amount] }) / time.seconds
  }
}
