// SPDX-License-Identifier: Apache-2.0

/// Makes a plan fit a wall time: first shorter phases, then fewer launches, and says so.
struct BudgetFit {
  let cells: [Cell]
  /// What is left for launches.
  let available: Int

  /// Shorter than this, a launch measures its own start.
  static let shortestMeasure = Nanoseconds.milliseconds(50)
  static let shortestWarmup = Nanoseconds.milliseconds(10)
  static let shortestSlice = Nanoseconds.milliseconds(10)
  /// Slices wanted in a launch, for autocorrelation and quarantine.
  static let slices = 5
  /// The sign test has no 95 % interval below six launches.
  static let fewestLaunches = 6

  /// How far phases and launches are cut.
  struct Cut: Equatable {
    /// Phases in thousandths of what the job asked for.
    var permille: Int
    /// The most launches any cell gets.
    var launches: Int
    var fits: Bool
  }

  /// The mildest cut that fits, or the hardest there is.
  func cut() -> Cut {
    let asked = runnable.map(\.launches).max() ?? 0
    for launches in stride(from: asked, through: 1, by: -1) {
      let least = Cut(permille: 0, launches: launches, fits: true)
      if total(least) <= available { return longestPhases(launches) }
    }
    return Cut(permille: 0, launches: min(1, asked), fits: asked == 0)
  }

  private var runnable: [Cell] { cells.filter { $0.skip == nil } }

  private func longestPhases(_ launches: Int) -> Cut {
    var low = 0
    var high = 1000
    while low < high {
      let middle = (low + high + 1) / 2
      let fits = total(Cut(permille: middle, launches: launches, fits: true)) <= available
      if fits { low = middle } else { high = middle - 1 }
    }
    return Cut(permille: low, launches: launches, fits: true)
  }

  private func total(_ cut: Cut) -> Int {
    runnable.map { Self.apply(cut, to: $0) }.totalEstimate
  }

  static func apply(_ cut: Cut, to cell: Cell) -> Cell {
    var cell = cell
    cell.warmup = scaled(cell.warmup, cut.permille, least: shortestWarmup)
    cell.measure = scaled(cell.measure, cut.permille, least: shortestMeasure)
    let slice = max(Nanoseconds(cell.measure.count / slices), shortestSlice)
    cell.slice = min(cell.slice, slice, cell.measure)
    cell.launches = min(cell.launches, cut.launches)
    return cell
  }

  private static func scaled(
    _ span: Nanoseconds, _ permille: Int, least: Nanoseconds
  ) -> Nanoseconds {
    guard permille < 1000 else { return span }
    // Whole milliseconds: nobody wants to read 123456789ns in a report.
    let scaled = span.count / 1000 * permille / 1_000_000 * 1_000_000
    return min(span, max(Nanoseconds(scaled), least))
  }
}

extension Plan {
  /// A plan that takes at most the budget, with notes saying what that cost.
  ///
  /// A budget is a ceiling: a plan that fits is returned as it is, never stretched. Launches are
  /// cut only when phases are at their shortest, because launches carry the statistics.
  ///
  /// - Parameter reserve: part of the budget that is spent elsewhere, such as on the roofline.
  public func fitted(to budget: Nanoseconds, reserve: Nanoseconds = Nanoseconds(0)) -> Plan {
    let fit = BudgetFit(cells: cells, available: budget.count - reserve.count)
    guard estimate.count > fit.available else { return self }
    let cut = fit.cut()
    let fitted = cells.map { BudgetFit.apply(cut, to: $0) }
    return Plan(
      name: name, title: title, seed: seed, cells: fitted,
      notes: notes + budgetNotes(budget, cut: cut, fitted: fitted))
  }

  private func budgetNotes(_ budget: Nanoseconds, cut: BudgetFit.Cut, fitted: [Cell]) -> [String] {
    let asked = cells.map(\.launches).max() ?? 0
    let least = fitted.filter { $0.skip == nil }.map(\.measure).min() ?? Nanoseconds(0)
    var notes = [
      "budget \(budget): the job would take about \(Figures.text(estimate.seconds)) s;"
        + " phases are cut to \(Figures.text(Double(cut.permille) / 10)) % (measure \(least) or"
        + " more per launch)"
    ]
    if cut.launches < asked {
      notes.append("budget \(budget): launches are cut from \(asked) to \(cut.launches)")
    }
    if cut.launches < BudgetFit.fewestLaunches {
      notes.append(
        "with \(cut.launches) launch(es) there are no 95 % intervals: the sign test needs"
          + " \(BudgetFit.fewestLaunches); raise the budget or cut cells")
    }
    if !cut.fits {
      let total = fitted.totalEstimate
      notes.append(
        "the plan does not fit the budget: one short launch of each cell takes about"
          + " \(Figures.text(Nanoseconds(total).seconds)) s")
    }
    return notes
  }
}
