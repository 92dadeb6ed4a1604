// SPDX-License-Identifier: Apache-2.0

/// Runs for tools that follow numbers over time; cells that are not ok are left out.
enum MetricExports {
  /// One number of a cell with its interval.
  struct Measure {
    let unit: String
    let value: Double
    let low: Double?
    let high: Double?
  }

  static func latency(_ cell: RunCell) -> Measure? {
    let metrics = cell.summary.metrics
    guard let p50 = metrics.felt?.p50, let value = p50.value else {
      return nil
    }
    return Measure(unit: "ns", value: value, low: p50.low, high: p50.high)
  }

  static func rate(_ cell: RunCell) -> Measure? {
    cell.summary.metrics.messagesPerSecond.map {
      Measure(unit: "messages/s", value: $0.value, low: $0.low, high: $0.high)
    }
  }

  private static func usable(_ run: Run) -> [RunCell] { run.cells.filter { $0.status == .ok } }

  // MARK: Bencher

  private struct BencherMeasure: Encodable {
    let value: Double
    let low: Double?
    let high: Double?

    init(_ measure: Measure) {
      value = measure.value
      low = measure.low
      high = measure.high
    }

    enum CodingKeys: String, CodingKey {
      case value
      case low = "lower_value"
      case high = "upper_value"
    }
  }

  static func bencher(_ run: Run) throws(HarnessError) -> String {
    let entries = usable(run).map { cell in
      let measures = [("latency", latency(cell)), ("throughput", rate(cell))]
        .compactMap { name, measure in measure.map { (name, BencherMeasure($0)) } }
      return (cell.cell.id, Dictionary(uniqueKeysWithValues: measures))
    }
    return try ExportJSON.text(Dictionary(entries, uniquingKeysWith: { first, _ in first }))
  }

  // MARK: github-action-benchmark

  private struct GithubEntry: Encodable {
    let name: String
    let unit: String
    let value: Double
    let range: String?
    let extra: String
  }

  static func github(
    _ run: Run, _ measure: (RunCell) -> Measure?
  ) throws(HarnessError) -> String {
    let entries = usable(run).compactMap { cell in
      measure(cell).map { found in
        GithubEntry(
          name: cell.cell.id, unit: found.unit, value: found.value, range: range(found),
          extra: "median of \(cell.summary.launches) launches; \(run.machine.label)")
      }
    }
    return try ExportJSON.text(entries)
  }

  /// The tool shows it after the value: how far the interval reaches on either side.
  private static func range(_ measure: Measure) -> String? {
    guard let low = measure.low, let high = measure.high else { return nil }
    return "± \(Figures.text((high - low) / 2))"
  }

  // MARK: hyperfine

  private struct Timings: Encodable {
    let results: [Timing]
  }

  private struct Timing: Encodable {
    let command: String
    let mean, median, min, max: Double
    /// Nil for one launch, as the tool writes it.
    let stddev: Double?
    let times: [Double]
    let exitCodes: [Int]

    enum CodingKeys: String, CodingKey {
      case command, mean, median, min, max, stddev, times
      case exitCodes = "exit_codes"
    }
  }

  static func hyperfine(_ run: Run) throws(HarnessError) -> String {
    let results = usable(run).compactMap { cell -> Timing? in
      let times = secondsPerMessage(cell)
      guard let median = Statistics.median(times), let least = times.min(), let most = times.max()
      else { return nil }
      let mean = times.reduce(0, +) / Double(times.count)
      let squares = times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return Timing(
        command: cell.cell.id, mean: mean, median: median, min: least, max: most,
        stddev: times.count > 1 ? (squares / Double(times.count - 1)).squareRoot() : nil,
        times: times, exitCodes: times.map { _ in 0 })
    }
    return try ExportJSON.text(Timings(results: results))
  }

  /// Of each launch: the median latency where that is what is measured, else the time per message.
  private static func secondsPerMessage(_ cell: RunCell) -> [Double] {
    cell.samples.compactMap { sample in
      if cell.cell.latency != .oneWay, !sample.latency.isEmpty {
        return LatencyHistogram(sample.latency).value(at: 0.5).map { $0 / 1e9 }
      }
      return sample.messageRate(everything: false).flatMap { $0 > 0 ? 1 / $0 : nil }
    }
  }
}
