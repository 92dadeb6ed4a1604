// SPDX-License-Identifier: Apache-2.0

/// A run in the format of another tool.
///
/// Where a format has a place for a cell's status, all cells are there and say it; where it has not, those
/// that are not ok are left out: their numbers would be taken for facts.
public enum Export: String, CaseIterable, Sendable {
  /// One line per cell under a line of names, after RFC 4180.
  case csv
  /// One JSON object per line and cell, of the names that the CSV has.
  case jsonLines = "jsonl"
  /// A test suite per table, a test case per cell: what is not ok fails, what cannot run is skipped.
  case junit
  /// Bencher Metric Format: measures by benchmark, with their intervals.
  case bencher
  /// github-action-benchmark, `customSmallerIsBetter`: latencies.
  case githubLatency = "github-latency"
  /// github-action-benchmark, `customBiggerIsBetter`: message rates.
  case githubThroughput = "github-throughput"
  /// The file of `hyperfine --export-json`: seconds per message, one time per launch.
  case hyperfine

  /// The run as text, with a newline at its end.
  /// - Throws: `HarnessError` (`run`) for a number JSON cannot hold.
  public func text(_ run: Run) throws(HarnessError) -> String {
    switch self {
    case .csv: FlatCell.csv(run)
    case .jsonLines: try FlatCell.jsonLines(run)
    case .junit: JUnitReport(run).text
    case .bencher: try MetricExports.bencher(run)
    case .githubLatency: try MetricExports.github(run, MetricExports.latency)
    case .githubThroughput: try MetricExports.github(run, MetricExports.rate)
    case .hyperfine: try MetricExports.hyperfine(run)
    }
  }
}
