// SPDX-License-Identifier: Apache-2.0

/// What a plan costs: time by phase over all launches, and what its largest launch takes.
///
/// Priced are all cells, also those that a backend or a machine cannot host: on paper they cost the
/// same.
public struct PlanPrice: Hashable, Sendable {
  public let launches: Int
  /// Fixed overhead and the workers' starts.
  public let starting: Nanoseconds
  /// First touch of the segments.
  public let touching: Nanoseconds
  public let warmup: Nanoseconds
  public let measure: Nanoseconds
  /// The most that any launch takes, each by itself.
  public let largest: LaunchNeed
  /// Cells that were looked at: what pricing cost.
  public let steps: Int

  /// Starting one more worker: a vfork and exec with attaching, about 2 ms on a machine with a core
  /// free for it; two are in the fixed overhead.
  static let start = Nanoseconds.milliseconds(2)

  public var total: Nanoseconds {
    Nanoseconds(starting.count + touching.count + warmup.count + measure.count)
  }

  /// - Parameter need: what a launch of a cell takes, from whoever knows the transports.
  public init(_ plan: Plan, need: (Cell) -> LaunchNeed) {
    var sums = (launches: 0, starting: 0, touching: 0, warmup: 0, measure: 0)
    var largest = LaunchNeed(
      processes: 0, descriptors: 0, segments: 0, segmentBytes: 0, privateBytes: 0)
    for cell in plan.cells {
      let one = need(cell)
      let count = cell.launches
      sums.launches += count
      let extra = max(0, one.processes - 2) * Self.start.count
      sums.starting += count * (Cell.fixedOverhead.count + extra)
      sums.touching += count * (cell.launchOverhead.count - Cell.fixedOverhead.count)
      sums.warmup += count * cell.warmup.count
      sums.measure += count * cell.measure.count
      largest.processes = max(largest.processes, one.processes)
      largest.descriptors = max(largest.descriptors, one.descriptors)
      largest.segments = max(largest.segments, one.segments)
      largest.segmentBytes = max(largest.segmentBytes, one.segmentBytes)
      largest.privateBytes = max(largest.privateBytes, one.privateBytes)
    }
    launches = sums.launches
    starting = Nanoseconds(sums.starting)
    touching = Nanoseconds(sums.touching)
    warmup = Nanoseconds(sums.warmup)
    measure = Nanoseconds(sums.measure)
    self.largest = largest
    steps = plan.cells.count
  }
}

extension PlanPrice: Encodable {
  private enum CodingKeys: String, CodingKey {
    case launches
    case starting = "starting_ns"
    case touching = "touching_ns"
    case warmup = "warmup_ns"
    case measure = "measure_ns"
    case total = "total_ns"
    case processes, descriptors, segments
    case segmentBytes = "segment_bytes"
    case privateBytes = "private_bytes"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(launches, forKey: .launches)
    try values.encode(starting, forKey: .starting)
    try values.encode(touching, forKey: .touching)
    try values.encode(warmup, forKey: .warmup)
    try values.encode(measure, forKey: .measure)
    try values.encode(total, forKey: .total)
    try values.encode(largest.processes, forKey: .processes)
    try values.encode(largest.descriptors, forKey: .descriptors)
    try values.encode(largest.segments, forKey: .segments)
    try values.encode(largest.segmentBytes, forKey: .segmentBytes)
    try values.encode(largest.privateBytes, forKey: .privateBytes)
  }
}
