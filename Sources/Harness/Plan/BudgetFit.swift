// SPDX-License-Identifier: Apache-2.0

/// Makes the least that a budget must pay for fit it: a few launches of every cell, and the roofline
/// beside them. Shortens phases first and leaves out launches then.
struct BudgetFit {
  let cells: [Cell]
  /// What one measurement of the roofline takes; there is one in every round of launches.
  let roofline: Nanoseconds
  /// What is left for launches and rooflines.
  let available: Int

  /// Shorter than this, a launch measures its own start.
  static let shortestMeasure = Nanoseconds.milliseconds(50)
  static let shortestWarmup = Nanoseconds.milliseconds(10)
  static let shortestSlice = Nanoseconds.milliseconds(10)
  /// Slices wanted in a launch, for autocorrelation and quarantine.
  static let slices = 5
  /// The sign test has no 95 % interval below six launches.
  static let fewestLaunches = 6
  /// No launch takes more than this part of a budget, or a run could not end near it: it ends where the
  /// last launch does, up to half a launch early or late.
  static let launchesInBudget = 10

  /// How far phases and launches are cut.
  struct Cut: Equatable {
    /// Phases in thousandths of what the job asked for.
    var permille: Int
    /// The most launches any cell is promised.
    var launches: Int
  }

  /// The mildest cut that fits; nil when not even one short launch of each cell does.
  func cut() -> Cut? {
    let wanted = min(Self.fewestLaunches, runnable.map(\.launches).max() ?? 0)
    for launches in stride(from: wanted, through: 1, by: -1)
    where fits(Cut(permille: 0, launches: launches)) {
      return longestPhases(launches)
    }
    return runnable.isEmpty ? Cut(permille: 1000, launches: wanted) : nil
  }

  /// Nanoseconds that one launch of each cell at its shortest takes at most.
  var least: Int { firstRound(Cut(permille: 0, launches: 1)) }

  private var runnable: [Cell] { cells.filter { $0.skip == nil } }

  private func longestPhases(_ launches: Int) -> Cut {
    var low = 0
    var high = 1000
    while low < high {
      let middle = (low + high + 1) / 2
      let cut = Cut(permille: middle, launches: launches)
      if fits(cut), longest(cut) <= available / Self.launchesInBudget {
        low = middle
      } else {
        high = middle - 1
      }
    }
    return Cut(permille: low, launches: launches)
  }

  private func fits(_ cut: Cut) -> Bool { max(total(cut), firstRound(cut)) <= available }

  /// What the launches that are made in any case may take: to start workers takes half as long again on
  /// a machine that is busy with something else.
  private func firstRound(_ cut: Cut) -> Int {
    total(Cut(permille: cut.permille, launches: 1)) / 2 * 3
  }

  private func total(_ cut: Cut) -> Int {
    let cells = runnable.map { Self.apply(cut, to: $0) }
    return cells.totalEstimate + (cells.map(\.launches).max() ?? 0) * roofline.count
  }

  private func longest(_ cut: Cut) -> Int {
    runnable.map { Self.apply(cut, to: $0).launchEstimate.count }.max() ?? 0
  }

  static func apply(_ cut: Cut, to cell: Cell) -> Cell {
    var cell = cell
    cell.launches = min(cell.launches, cut.launches)
    guard cut.permille < 1000 else { return cell }
    cell.warmup = scaled(cell.warmup, cut.permille, least: shortestWarmup)
    cell.measure = scaled(cell.measure, cut.permille, least: shortestMeasure)
    let slice = max(Nanoseconds(cell.measure.count / slices), shortestSlice)
    cell.slice = min(cell.slice, slice, cell.measure)
    return cell
  }

  private static func scaled(
    _ span: Nanoseconds, _ permille: Int, least: Nanoseconds
  ) -> Nanoseconds {
    // Whole milliseconds: nobody wants to read 123456789ns in a report.
    let scaled = span.count / 1000 * permille / 1_000_000 * 1_000_000
    return min(span, max(Nanoseconds(scaled), least))
  }
}

extension Plan {
  /// A plan of what a budget pays for in any case, with notes saying what that cost: six launches of
  /// each cell, or as many as fit, in phases as long as fit.
  ///
  /// What is left of the budget is spent while the run goes on, where numbers are known least. Launches
  /// are cut only when phases are at their shortest, because launches carry the statistics.
  ///
  /// - Parameter reserve: part of the budget that is spent beside launches and rooflines.
  /// - Throws: `HarnessError` (`job`) for a budget that one short launch of each cell exceeds.
  public func fitted(
    to budget: Nanoseconds, reserve: Nanoseconds = Nanoseconds(0)
  ) throws(HarnessError) -> Plan {
    let fit = BudgetFit(
      cells: cells, roofline: rooflineEstimate, available: budget.count - reserve.count)
    guard let cut = fit.cut() else {
      // Rounded up, or the least would be refused again.
      let least = (Double(fit.least + reserve.count) / 1e9).rounded(.up)
      let count = cells.count { $0.skip == nil }
      throw HarnessError(
        .job, at: "budget \(budget)", "one short launch of each of \(count) cell(s) takes longer",
        remedy: "give a budget of \(Nanoseconds.seconds(Int(least))) or more, or cut cells")
    }
    let fitted = cells.map { BudgetFit.apply(cut, to: $0) }
    return Plan(
      name: name, title: title, seed: seed, cells: fitted,
      notes: notes + budgetNotes(budget, cut: cut, fitted: fitted))
  }

  private func budgetNotes(_ budget: Nanoseconds, cut: BudgetFit.Cut, fitted: [Cell]) -> [String] {
    var notes = [
      "budget \(budget): \(cut.launches) launch(es) of each cell come first; what is left is spent on"
        + " cells whose interval is widest, by its width alone"
    ]
    if cut.permille < 1000 {
      let least = fitted.filter { $0.skip == nil }.map(\.measure).min() ?? Nanoseconds(0)
      notes.append(
        "budget \(budget): phases are cut to \(Figures.text(Double(cut.permille) / 10)) % (measure"
          + " \(least) or more per launch)")
    }
    if cut.launches < BudgetFit.fewestLaunches {
      notes.append(
        "cells that get fewer than \(BudgetFit.fewestLaunches) launches have no 95 % intervals: the"
          + " sign test needs them; raise the budget or cut cells")
    }
    return notes
  }
}
