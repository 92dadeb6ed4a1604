// SPDX-License-Identifier: Apache-2.0

/// A run made ready for explaining its cells: what all of them are compared with is worked out once.
public struct Explainer: Sendable {
  let run: Run
  let regimes: Regimes
  /// By position in the run; nil for a cell without a number.
  private let paces: [Pace?]
  private let keys: [GuidelineKey]

  public init(_ run: Run) {
    self.run = run
    let regimes = Regimes(samples: run.cells.flatMap(\.samples))
    self.regimes = regimes
    paces = run.cells.map { Pace($0, regimes: regimes) }
    keys = run.cells.map { GuidelineKey($0.cell) }
  }

  /// Explains one cell of the run by everything the run holds.
  public func explain(_ cell: RunCell) -> Explanation {
    Explanation(CellEvidence(cell, in: self))
  }

  func pace(_ cell: RunCell) -> Pace? { Pace(cell, regimes: regimes) }

  /// The cells with a number that differ from this one in one thing at most.
  func relatives(of cell: Cell, butFor part: GuidelineKey.Part) -> [(cell: RunCell, pace: Pace)] {
    let key = GuidelineKey(cell).without(part)
    return run.cells.indices.compactMap { index in
      guard let pace = paces[index], keys[index].without(part) == key else { return nil }
      return (run.cells[index], pace)
    }
  }
}
