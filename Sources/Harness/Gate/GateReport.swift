// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// A gate as people read it: the verdict first, then every cell, worst first.
public struct GateReport {
  private let result: GateResult

  public init(_ result: GateResult) { self.result = result }

  public func document() -> Document {
    var document = Document()
    document.add(.title("gate \(result.name): \(summary)"))
    for alarm in alarms { document.add(.alarm(alarm)) }
    for line in provenance { document.add(.line(line)) }
    if !compared.isEmpty { document.add(.table(table)) }
    if !absent.isEmpty {
      document.add(.heading("Not compared"))
      document.add(.list(absent.map { "\($0.cell.id): \($0.absence?.reason ?? "")" }))
    }
    document.add(.heading("How to read this"))
    document.add(.list(legend))
    return document
  }

  private var compared: [GateCell] {
    result.cells.filter { $0.absence == nil }.sorted { Self.weight($0) > Self.weight($1) }
  }

  private var absent: [GateCell] { result.cells.filter { $0.absence != nil } }

  /// Slower ones first, then what is not known, then the rest; within each the largest effect.
  private static func weight(_ cell: GateCell) -> Double {
    let order: [GateVerdict] = [.slower, .inconclusive, .same, .faster]
    let verdict = cell.state?.verdict ?? .inconclusive
    return -100 * Double(order.firstIndex(of: verdict) ?? 0) + (cell.state?.head.median ?? 0)
  }

  // MARK: In words

  /// One sentence.
  var summary: String {
    if result.failure != nil { return "ended early" }
    if result.cells.contains(where: { $0.state?.controlDiffers == true }) {
      return "INVALID, the base differs from itself"
    }
    func count(_ verdict: GateVerdict) -> Int {
      compared.count { ($0.state?.verdict ?? .inconclusive) == verdict }
    }
    let parts = GateVerdict.allCases.filter { count($0) > 0 }.map { "\(count($0)) \($0.rawValue)" }
    let rest = absent.isEmpty ? "" : ", \(absent.count) not compared"
    return "\(parts.joined(separator: ", ")) of \(compared.count) cells\(rest)"
  }

  private var alarms: [String] {
    var alarms = result.failure.map { [$0.description] } ?? []
    alarms += result.notes
    let differing = compared.filter { $0.state?.controlDiffers == true }
    if !differing.isEmpty {
      alarms.append(
        "the base differs from itself by more than half the margin in \(differing.count) "
          + "cell\(differing.count == 1 ? "" : "s"): nothing here means anything; look for other load "
          + "(weir doctor), and repeat")
    }
    return alarms
  }

  private var provenance: [String] {
    var lines = result.builds.filter { $0.side != .control }.map { build in
      let told = [build.hello.build.label, build.hello.build.configuration]
      return "\(build.side.rawValue): "
        + (told + (build.hello.backends ?? [])).joined(separator: ", ")
    }
    if let first = result.builds.first?.hello {
      lines.append("machine \(first.machineFingerprint), CPUs \(first.cpus)")
    }
    lines.append(
      "margin \(result.rules.margin.label), alpha \(result.rules.alpha), seed \(result.seed), "
        + "\(result.looks) look\(result.looks == 1 ? "" : "s"), \(Figures.text(result.elapsed.seconds)) s of "
        + "\(result.budget)")
    if let floor { lines.append(floor) }
    return lines
  }

  /// The noise of the job as the control measured it.
  private var floor: String? {
    let states = compared.compactMap(\.state)
    guard let low = states.compactMap(\.control.low).min(),
      let high = states.compactMap(\.control.high).max()
    else { return nil }
    let detectable = states.compactMap(\.detectable)
    let range = detectable.min().flatMap { least in
      detectable.max().map { "\(Self.percent(least)) to \(Self.percent($0))" }
    }
    return
      "noise floor (base against itself): \(Self.percent(low)) to \(Self.percent(high)) over all cells; "
      + "detectable: \(range ?? "unknown")"
  }

  private var legend: [String] {
    [
      "Positive is slower: head's cost per message over base's, the median of pairs of launches that ran next to "
        + "each other in one regime, with the exact sign-test interval. All intervals together, over cells and "
        + "looks, miss with a chance of \(result.rules.alpha) at most.",
      "slower or faster: the whole interval lies beyond the margin. same: it lies within. inconclusive: neither, and "
        + "the budget is spent; that is not the same as no difference.",
      "A/A is the base against the same program started from another path, in the same rounds: what it shows is "
        + "noise. detectable: a difference that would just clear the margin in that noise.",
      "A repeated gate on the same host is no independent replication.",
    ]
  }

  // MARK: The table

  private var table: Table {
    let labels = CellLabels(compared.map(\.cell))
    let rows = compared.map { row($0, labels) }
    let table = Table(
      caption: labels.common,
      columns: [
        .word("cell"), .word("metric"), .number("base"), .number("head"), .number("difference"),
        .number("A/A"), .number("detectable"), .number("pairs"), .word("verdict"), .word("note"),
      ], rows: rows)
    return table.withoutEmptyColumns()
  }

  private func row(_ cell: GateCell, _ labels: CellLabels) -> [Table.Field] {
    let state = cell.state
    let verdict = state?.verdict ?? .inconclusive
    func cost(_ value: Double?) -> String {
      value.flatMap { value in cell.metric?.text(cost: value, cell.cell) } ?? "-"
    }
    return [
      Table.Field(labels.label(of: cell.cell)), Table.Field(cell.metric?.label ?? ""),
      Table.Field(cost(state?.baseCost)), Table.Field(cost(state?.headCost)),
      Table.Field(Self.text(state?.head)), Table.Field(Self.interval(state?.control)),
      Table.Field(state?.detectable.map(Self.percent) ?? "-"),
      Table.Field("\(state?.head.pairs ?? 0)/\(cell.rounds.count)"),
      Table.Field(verdict.rawValue, Self.emphasis(verdict)),
      Table.Field(note(cell), .faint),
    ]
  }

  private static func emphasis(_ verdict: GateVerdict) -> Table.Emphasis {
    switch verdict {
    case .slower: .alarm
    case .faster: .best
    case .same: .none
    case .inconclusive: .faint
    }
  }

  private func note(_ cell: GateCell) -> String {
    var notes: [String] = []
    if cell.state?.controlDiffers == true { notes.append("A/A DIFFERS") }
    let empty = cell.rounds.reduce(0) { count, round in
      count + GateSide.allCases.count { round.launch($0).cost == nil }
    }
    if empty > 0 { notes.append("launches with too few messages: \(empty)") }
    // In each row: rows are copied without what stands above them.
    let debug = result.builds.filter { !$0.hello.build.isRelease && $0.side != .control }
    if !debug.isEmpty { notes.append("debug \(debug.map(\.side.rawValue).joined(separator: "+"))") }
    notes += result.builds.compactMap { build in
      build.hello.slowdownPercent.map { "\(build.side.rawValue) slowed \(Figures.text($0)) %" }
    }
    return notes.joined(separator: "; ")
  }

  static func percent(_ logarithm: Double) -> String {
    let share = expm1(logarithm) * 100
    return "\(share < 0 ? "" : "+")\(String(format: "%.1f", share)) %"
  }

  static func text(_ effect: GateEffect?) -> String {
    guard let effect, let median = effect.median else { return "-" }
    return "\(percent(median)) \(interval(effect))"
  }

  private static func interval(_ effect: GateEffect?) -> String {
    guard let low = effect?.low, let high = effect?.high else { return "[-]" }
    return "[\(percent(low).dropLast(2)), \(percent(high).dropLast(2))]"
  }
}
