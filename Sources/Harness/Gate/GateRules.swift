// SPDX-License-Identifier: Apache-2.0
//
// Looking again and again, and stopping when something shows, finds something in the end. A gate
// therefore shares its error among its looks: no look may err more often than its share, so all of
// them together err at most as often as `alpha` says, however many there are and whatever made a gate
// stop (the union bound over looks; repeated confidence intervals, C. Jennison and B. W. Turnbull,
// "Interim analyses: the repeated confidence interval approach", JRSS B 51(3), 1989).
//
//   look     1       2       3     …   last
//   share  a/3    2a/9   4a/27     …   all that is left
//
// Looks are at numbers of rounds that are fixed beforehand, each half as many again as the one before;
// the last is where the budget ends, and whether time is left depends on no result. Within a look the
// share is Holm's among the cells: cells found different earlier do not count any more (the argument of
// S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6(2), 1979,
// holds across looks as well: up to the first error nothing but real differences has been taken out),
// and cells found the same go on counting.

/// What a gate decides by.
public struct GateRules: Codable, Hashable, Sendable {
  public var margin: GateMargin
  /// The chance that a gate of two equal builds finds a difference in any cell, over all its looks.
  public var alpha: Double

  /// Launches of a cell below which the sign test has no 95 % interval.
  static let fewestLaunches = BudgetFit.fewestLaunches
  /// The part of what is left of `alpha` that a look spends.
  static let lookShare = 1.0 / 3
  /// Rounds from one look to the next, as a ratio.
  static let lookRatio = 1.5
  /// The control is held to half the margin. A control that is further off leaves the rest no room:
  /// a cell is called slower beyond the whole margin, so the sign stays right even then.
  static let controlShare = 0.5

  public init(margin: GateMargin, alpha: Double) {
    self.margin = margin
    self.alpha = alpha
  }

  /// - Parameter spent: what earlier looks have taken of `alpha`.
  func level(spent: Double, isLast: Bool) -> Double {
    let left = max(0, alpha - spent)
    return isLast ? left : left * Self.lookShare
  }

  /// The rounds of the look after one at `rounds`.
  static func look(after rounds: Int) -> Int {
    max(rounds + 1, Int((Double(rounds) * lookRatio).rounded(.up)))
  }

  /// Refuses what could only end inconclusive.
  ///
  /// - Parameters:
  ///   - launches: of the cell that has the fewest.
  ///   - cells: how many share `alpha`.
  func checkPower(launches: Int, cells: Int) throws(GateError) {
    guard alpha > 0, alpha < 1 else {
      throw GateError(.usage, "--alpha \(alpha): a chance lies between 0 and 1; write 0.05")
    }
    guard launches >= Self.fewestLaunches else {
      throw GateError(
        .usage,
        "\(launches) launches a cell decide nothing: the sign test needs \(Self.fewestLaunches); say "
          + "--launches 12")
    }
    let needed = Statistics.fewestValues(level: alpha / Double(cells))
    guard launches >= needed else {
      let most = Int(
        (alpha * Double(sign: .plus, exponent: launches - 1, significand: 1)).rounded(.down))
      throw GateError(
        .usage,
        "\(cells) cells at alpha \(alpha) need \(needed) launches each (1 + log2(cells / alpha)), "
          + "not \(launches): say --launches \(needed), or gate at most \(most) cells with --primary"
      )
    }
  }
}
