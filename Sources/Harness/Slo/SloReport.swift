// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The outcome of a search, as people and tools read it.
public struct SloReport: Sendable {
  public static let schema = "weir-slo/1"

  public let bound: ResponseBound
  public let arrivals: Load.Arrivals
  public let tolerance: Double
  public let machine: String
  public let build: BuildInfo
  public let results: [SloResult]

  public init(
    bound: ResponseBound, arrivals: Load.Arrivals, tolerance: Double, machine: String,
    build: BuildInfo, results: [SloResult]
  ) {
    self.bound = bound
    self.arrivals = arrivals
    self.tolerance = tolerance
    self.machine = machine
    self.build = build
    self.results = results
  }

  public func document() -> Document {
    var document = Document()
    if !build.isRelease {
      document.add(
        .alarm("\(build.configuration.uppercased()) BUILD: these rates are about its checks"))
    }
    document.add(.line("machine: \(machine)"))
    document.add(.line("build: \(build.toolchainLabel)"))
    document.add(
      .line(
        "bound: \(bound), open load with \(arrivals.rawValue) arrivals, to within"
          + " \(Figures.text(tolerance * 100)) %"))
    for result in results {
      document.add(.heading(heading(result.cell)))
      if !result.probes.isEmpty { document.add(.table(table(result))) }
      document.add(.line(answer(result)))
    }
    return document
  }

  /// The cell without the load, which the search varies.
  private func heading(_ cell: Cell) -> String {
    cell.id.replacing("/\(cell.load.idPart)/", with: "/")
  }

  private func table(_ result: SloResult) -> Table {
    let probes = result.probes.sorted { $0.rate < $1.rate }
    var columns = [
      Table.Column("rate", isNumber: true), Table.Column("achieved /s", isNumber: true),
    ]
    var fields = probes.map {
      [Table.Field("\($0.rate)"), Table.Field($0.achieved.map { Figures.text($0) } ?? "-")]
    }
    func add(_ name: String, _ value: (RateProbe) -> PercentileEstimate?) {
      let values = probes.map(value)
      let unit = ColumnUnit(.time, for: values.compactMap { $0?.value })
      columns.append(Table.Column(unit.header(name), isNumber: true))
      for (row, value) in values.enumerated() {
        let mark = value?.support == .weak ? "~" : ""
        fields[row].append(Table.Field(value?.value.map { mark + unit.text($0) } ?? "-"))
      }
    }
    add("resp p50") { $0.metrics.response?.p50 }
    add("resp p99") { $0.metrics.response?.p99 }
    add("resp p99.9") { $0.metrics.response?.p999 }
    add("lag p99") { $0.metrics.lag?.p99 }
    add("own lag p99") { $0.metrics.ownLag?.p99 }
    columns.append(Table.Column("launches", isNumber: true))
    columns.append(Table.Column("verdict"))
    for (row, probe) in probes.enumerated() {
      fields[row].append(Table.Field("\(probe.launches)"))
      fields[row].append(
        Table.Field(probe.verdict.rawValue, probe.verdict == .held ? .none : .alarm))
    }
    return Table(caption: "", columns: columns, rows: fields)
  }

  /// One line with the answer and its interval.
  func answer(_ result: SloResult) -> String { ending(result) + sparse(result) }

  private func ending(_ result: SloResult) -> String {
    let held = result.held.map { "\($0)" } ?? "-"
    let missed = result.missed.map { "\($0)" } ?? "-"
    let cause = cause(result, result.missed)
    switch result.finding {
    case .found:
      return "highest sustainable rate: \(held), in [\(held), \(missed)); \(missed) misses\(cause)"
    case .unfinished where result.held == nil:
      return "no rate held so far; the budget ended the search"
    case .unfinished:
      let interval = result.missed == nil ? "with no rate that misses" : "in [\(held), \(missed))"
      return "highest sustainable rate: \(held) or more, \(interval); the budget ended the search"
    case .atLeast:
      return "highest sustainable rate: at least \(held); the load generator offers no more\(cause)"
    case .none:
      let end = result.missed == nil ? "" : "; \(missed) misses\(cause)"
      return "no rate keeps the bound\(end)"
    case .generator:
      return "no answer: the load generator did not keep even \(missed) itself\(cause); "
        + "give it a quieter machine"
    case .skipped: return "not searched: \(result.reason ?? "no reason given")"
    }
  }

  private func cause(_ result: SloResult, _ rate: Rate?) -> String {
    result.probes.first { $0.rate == rate }.map { " (\(why($0)))" } ?? ""
  }

  /// What lower rates came to where they missed the bound too.
  private func sparse(_ result: SloResult) -> String {
    guard let sparse = result.sparse else { return "" }
    let text = "; up to \(sparse) responses are too slow\(cause(result, sparse))"
    return result.held == nil
      ? text : text + ": ends that sleep between messages are woken for each (--wait spin)"
  }

  private func why(_ probe: RateProbe) -> String {
    func time(_ estimate: PercentileEstimate?) -> String {
      guard let value = estimate?.value else { return "unknown" }
      let unit = ColumnUnit(.time, for: [value])
      return "\(unit.text(value)) \(unit.label ?? "")"
    }
    let name = bound.percentile.rawValue
    switch probe.verdict {
    case .held: return "held"
    case .slow: return "response \(name) \(time(bound.percentile.estimate(probe.metrics.response)))"
    case .notSustained:
      return "\(probe.achieved.map { Figures.text($0) } ?? "-")/s of it were carried"
    case .tooFew: return "too few messages came to tell; give a longer --measure"
    case .generator:
      return "its own lag \(name) \(time(bound.percentile.estimate(probe.metrics.ownLag))), and"
        + " \(Figures.text(probe.metrics.generatorCost ?? 0)) ns a message"
    }
  }
}
