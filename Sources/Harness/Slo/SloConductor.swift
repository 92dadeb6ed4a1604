// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// The highest rate of one cell that keeps a bound, and how it was found.
public struct SloResult: Sendable {
  public enum Finding: String, Codable, Sendable {
    /// The highest rate lies in an interval as narrow as the tolerance.
    case found
    /// As found as time and probes allowed.
    case unfinished
    /// The load generator cannot offer more: the transport holds what it was offered.
    case atLeast = "at-least"
    /// No rate that can be carried keeps the bound.
    case none
    /// The load generator did not keep the lowest rate itself: nothing is known of the transport.
    case generator
    /// The cell cannot be driven by an open load, or not here.
    case skipped
  }

  public let cell: Cell
  public let finding: Finding
  /// Why a cell was skipped.
  public let reason: String?
  public let probes: [RateProbe]
  /// The highest rate that held, and the lowest above it that did not.
  public let held: Rate?
  public let missed: Rate?
  /// The highest below those that held at which responses were too slow as well.
  public let sparse: Rate?
}

/// Searches cell after cell.
public struct SloConductor {
  private let plan: Plan
  private let bound: ResponseBound
  private let tolerance: Double
  private let deadline: Int64
  private var prober: RateProber
  private let launcher: Launcher

  /// A search of five percent takes a dozen; more are a sign of noise that no search gets through.
  static let mostProbes = 40

  /// - Parameters:
  ///   - plan: cells to search, with the launches of one probe each; their loads do not matter.
  ///   - deadline: `MonotonicTime` at which no probe is begun that would end later; cells share what is
  ///     left evenly.
  public init(
    launcher: Launcher, plan: Plan, bound: ResponseBound, arrivals: Load.Arrivals,
    tolerance: Double, deadline: Int64
  ) {
    self.launcher = launcher
    self.plan = plan
    self.bound = bound
    self.tolerance = tolerance
    self.deadline = deadline
    prober = RateProber(launcher: launcher, bound: bound, arrivals: arrivals, seed: plan.seed)
  }

  /// - Parameter watch: is told of each probe before it begins.
  /// - Throws: `LaunchError`, `SloError`.
  public mutating func conduct(watch: (Cell, Rate) -> Void = { _, _ in }) throws -> [SloResult] {
    let runnable = plan.cells.count { $0.skip == nil }
    var results: [SloResult] = []
    var searched = 0
    for cell in plan.cells {
      if let reason = cell.skip {
        results.append(
          SloResult(
            cell: cell, finding: .skipped, reason: reason, probes: [], held: nil, missed: nil,
            sparse: nil))
        continue
      }
      let now = MonotonicTime.nanoseconds()
      let share = (deadline - now) / Int64(runnable - searched)
      results.append(try search(cell, until: now + share, watch))
      searched += 1
    }
    return results
  }

  private mutating func search(
    _ cell: Cell, until deadline: Int64, _ watch: (Cell, Rate) -> Void
  ) throws -> SloResult {
    guard case .seated(let seating) = try Seating.resolve(cell.placement, on: launcher.machine)
    else { throw LaunchError(.placement, "\(cell.id): the machine has no such seats") }
    var search = RateSearch(
      lowest: bound.lowestRate(measuring: cell.measure), tolerance: tolerance)
    var probes: [RateProbe] = []
    var cost = Int64(cell.launchEstimate.count * cell.launches)
    while let rate = search.next, probes.count < Self.mostProbes {
      let begun = MonotonicTime.nanoseconds()
      guard probes.isEmpty || begun + cost <= deadline else { break }
      watch(cell, rate)
      let probe = try prober.probe(cell, at: rate, seating)
      cost = MonotonicTime.nanoseconds() - begun
      probes.append(probe)
      search.note(rate, probe.outcome)
    }
    return SloResult(
      cell: cell, finding: Self.finding(search, probes), reason: nil, probes: probes,
      held: search.held, missed: search.missed, sparse: search.sparse)
  }

  static func finding(_ search: RateSearch, _ probes: [RateProbe]) -> SloResult.Finding {
    let limit = probes.first { $0.rate == search.missed }?.verdict
    guard search.next == nil else { return .unfinished }
    guard search.held != nil else {
      return limit == .generator && search.sparse == nil ? .generator : .none
    }
    return limit == nil || limit == .generator ? .atLeast : .found
  }
}
