// SPDX-License-Identifier: Apache-2.0

/// Whether enough samples lie beyond a percentile for it to mean something.
///
/// Ten exceedances fix the tail count to within 62 %, a hundred to within 20 % (binomial), so a
/// p99.9 needs 10 000 samples to be shown and 100 000 to be shown unmarked.
public enum PercentileSupport: String, Codable, Sendable {
  /// 100 exceedances or more: printed as it is.
  case supported
  /// 10 to 99: printed with `~`.
  case weak
  /// Fewer: not printed.
  case unsupported

  static let fewestShown = 10
  static let fewestTrusted = 100

  /// - Parameters:
  ///   - quantile: between 0 and 1; the smaller side counts, so p50 of 40 samples has 20.
  ///   - count: number of samples.
  public init(quantile: Double, count: Int) {
    switch Self.exceedances(quantile: quantile, count: count) {
    case Self.fewestTrusted...: self = .supported
    case Self.fewestShown..<Self.fewestTrusted: self = .weak
    default: self = .unsupported
    }
  }

  /// Samples expected beyond the quantile.
  public static func exceedances(quantile: Double, count: Int) -> Int {
    // 0.001 * 100 000 is 99.99999…, which must count as 100.
    Int((Double(count) * min(quantile, 1 - quantile) + 1e-6).rounded(.down))
  }
}
