// SPDX-License-Identifier: Apache-2.0

/// The time that a whole run takes, from the beginning of its command to the end.
public struct RunBudget: Sendable {
  /// `MonotonicTime` at which the command should have ended.
  public let end: Int64
  public let total: Nanoseconds

  public init(begun: Int64, total: Nanoseconds) {
    end = begun + Int64(total.count)
    self.total = total
  }

  /// A run ends within a twentieth of its budget; a launch may be begun that ends this much too late, so
  /// that something is left for what cannot be foreseen.
  private var overrun: Int64 { Int64(total.count / 25) }

  /// Whether something is still worth beginning: it ends nearer the budget's end than not doing it.
  ///
  /// - Parameters:
  ///   - cost: what it takes, in nanoseconds.
  ///   - closing: what ending the run takes after it.
  func pays(for cost: Int64, closing: Int64, now: Int64) -> Bool {
    now + cost + closing <= end + min(cost / 2, overrun)
  }
}

/// What the launches of a run have cost so far, and how well its cells are known.
struct BudgetSpending {
  /// Nanoseconds that the launches of each cell took together, and how many that were.
  private var costs: [Int: (sum: Int64, count: Int64)] = [:]
  /// The primary metric of each launch that worked, with where it ran.
  private var values: [Int: [Value]] = [:]
  /// Cells of which a launch failed: more of them would not help.
  private var failed: Set<Int> = []
  /// Launches of each cell that have no number: all their slices were disturbed, or too short.
  private var numberless: [Int: Int] = [:]
  var rooflineTook: Int64 = 0
  /// Nanoseconds that summing up one launch takes, and writing all.
  private var summingCost: Int64 = 0
  private var writingCost: Int64 = 0
  /// Set when time, and not the plan, ended the launches.
  var isOver = false

  private struct Value {
    let number: Double
    let link: LinkFingerprint?
  }

  /// Printing takes about as long as summing up, and the process has to end.
  private static let printing = Int64(Nanoseconds.milliseconds(100).count)

  mutating func note(cell: Int, took: Int64) {
    let known = costs[cell] ?? (0, 0)
    costs[cell] = (known.sum + took, known.count + 1)
  }

  mutating func note(_ record: LaunchRecord, of cell: Int, _ metric: PrecisionMetric) {
    guard record.errors.isEmpty else {
      failed.insert(cell)
      return
    }
    guard let number = metric.value(record) else {
      numberless[cell, default: 0] += 1
      return
    }
    values[cell, default: []].append(Value(number: number, link: record.link))
  }

  /// - Parameters:
  ///   - summing: what it took to sum up the cells of so many `launches`.
  ///   - writing: what it took to write all.
  mutating func noteFinish(summing: Int64, launches: Int, writing: Int64) {
    guard launches > 0 else { return }
    summingCost = max(summingCost, summing / Int64(launches))
    writingCost = max(writingCost, writing)
  }

  /// What ending the run will take, in nanoseconds: all launches are summed up once more.
  var closing: Int64 {
    let launches = costs.values.reduce(0) { $0 + $1.count }
    return 2 * summingCost * launches + writingCost + Self.printing
  }

  /// The mean of a cell's launches, or what was expected before there are any: the latest alone may have
  /// been held up.
  func cost(of cell: Int, _ estimate: Nanoseconds) -> Int64 {
    costs[cell].map { $0.sum / $0.count } ?? Int64(estimate.count)
  }

  /// Half the width of the interval of a cell's logarithm; infinite while it has none.
  ///
  /// Of the launches that are compared. This is all that decides where time is spent: the values do not,
  /// for a cell would then get launches until it looks well (Simmons, Nelson and Simonsohn 2011).
  func halfWidth(of cell: Int, _ regimes: Regimes) -> Double {
    let compared = (values[cell] ?? []).filter { regimes.isComparable($0.link) }.map(\.number)
    guard let interval = Statistics.signInterval(compared) else { return .infinity }
    // A value of nought has no logarithm, and no launch would change that.
    return Precision(metric: .messageRate, low: interval.low, high: interval.high)?.halfWidth ?? 0
  }

  /// The cells of the next round: those whose interval is at least half as wide as the widest.
  ///
  /// Not the widest alone: launches of one cell in a row would take the drift of the machine for its own.
  func widest(of cells: [Int], _ regimes: Regimes) -> [Int] {
    let widths = cells.filter(isWorthMore).map { ($0, halfWidth(of: $0, regimes)) }
    guard let most = widths.map(\.1).max() else { return [] }
    return widths.filter { $0.1 >= most / 2 }.map(\.0)
  }

  /// Whether another launch may tell something: none of a cell's failed, and of six or more without a number
  /// there are not more than with one. A cell that never has one would be the widest for ever.
  private func isWorthMore(_ cell: Int) -> Bool {
    let (without, with) = (numberless[cell] ?? 0, values[cell]?.count ?? 0)
    return !failed.contains(cell) && (without < BudgetFit.fewestLaunches || without <= with)
  }
}
