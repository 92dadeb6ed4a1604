// SPDX-License-Identifier: Apache-2.0

/// What became of one comparison with a public tool.
public struct CrossCheckFinding: Sendable {
  public enum Verdict: String, Codable, Sendable {
    /// The median of the ratio is within what is tolerated.
    case agrees
    /// It is not, and the two are known to measure different things.
    case explained
    /// It is not, but its interval reaches into what is tolerated: these rounds do not tell.
    case undecided
    /// Not even its interval, and it should.
    case differs
    /// Nothing to compare: no tool, or no figure.
    case unavailable
  }

  struct Pair: Hashable, Sendable {
    let ours: Double
    let theirs: Double
  }

  public let name: String
  public let quantity: Quantity
  /// The program that was compared with.
  public let tool: String
  /// How it was called.
  public let command: String
  /// Medians over the rounds, in nanoseconds or bytes per second.
  public let ours: Estimate?
  public let theirs: Estimate?
  /// Ours over theirs, round by round.
  public let ratio: Estimate?
  public let verdict: Verdict
  /// Why there is nothing to compare, or why the two need not agree.
  public let note: String?

  init(_ item: CrossCheckItem, pairs: [Pair], trouble: String?) {
    name = item.name
    quantity = item.quantity
    tool = item.tool.program
    command = item.command
    ours = Estimate(launches: pairs.map(\.ours))
    theirs = Estimate(launches: pairs.map(\.theirs))
    ratio = Estimate(launches: pairs.map { $0.ours / $0.theirs })
    if trouble == nil, let ratio {
      verdict = Self.verdict(ratio, item.explanation != nil)
    } else {
      verdict = .unavailable
    }
    note =
      switch verdict {
      case .agrees: nil
      case .undecided: "the rounds scatter too much to tell; more of them (--rounds) do"
      case .explained, .differs, .unavailable: trouble ?? item.explanation
      }
  }

  private static func verdict(_ ratio: Estimate, _ isExplained: Bool) -> Verdict {
    let tolerated = 1 - CrossCheck.tolerance...1 + CrossCheck.tolerance
    if tolerated.contains(ratio.value) { return .agrees }
    if isExplained { return .explained }
    let (low, high) = (ratio.low ?? ratio.value, ratio.high ?? ratio.value)
    return tolerated.overlaps(min(low, high)...max(low, high)) ? .undecided : .differs
  }
}

extension CrossCheckFinding: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, tool, command, unit, ours, theirs, ratio, verdict, note
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(tool, forKey: .tool)
    try values.encode(command, forKey: .command)
    try values.encode(quantity.steps[0].label, forKey: .unit)
    try values.encode(ours, forKey: .ours)
    try values.encode(theirs, forKey: .theirs)
    try values.encode(ratio, forKey: .ratio)
    try values.encode(verdict, forKey: .verdict)
    try values.encode(note, forKey: .note)
  }
}

extension CrossCheckFinding {
  /// The findings as a table, with what needs saying under it.
  ///
  /// - Parameters:
  ///   - machine: where, and `build` by what they were found.
  public static func document(
    _ findings: [CrossCheckFinding], rounds: Int, machine: MachineInfo, build: BuildInfo
  ) -> Document {
    var document = Document()
    document.add(.title("crosscheck: this machine's limits beside what public tools say"))
    document.add(.line("machine: \(machine.label)"))
    document.add(.line("build: \(build.toolchainLabel)"))
    document.add(
      .line(
        "\(rounds) rounds, each a launch of the roofline and then every tool once; the ratio is of "
          + "the same round, tolerated within \(Int(CrossCheck.tolerance * 100)) %"))
    let columns: [Table.Column] = [
      .word("limit"), .number("weir"), .word("tool"), .number("tool says"),
      .number("weir / tool"), .word("verdict"),
    ]
    document.add(.table(Table(caption: "", columns: columns, rows: findings.map(\.row))))
    let notes = findings.compactMap { finding in finding.note.map { "\(finding.name): \($0)" } }
    if !notes.isEmpty { document.add(.list(notes)) }
    document.add(.heading("How the tools were called"))
    document.add(.list(findings.map { "\($0.name): \($0.command)" }))
    return document
  }

  private var row: [Table.Field] {
    func figure(_ estimate: Estimate?) -> Table.Field {
      guard let estimate else { return Table.Field("-", .faint) }
      return Table.Field(ColumnUnit(quantity, for: [estimate.value]).labelled(estimate.value))
    }
    let share = ratio.map { ratio in
      let ends = [ratio.low, ratio.high].compactMap { $0 }.map { Figures.text($0) }
      return Figures.text(ratio.value) + (ends.isEmpty ? "" : " [\(ends.joined(separator: ", "))]")
    }
    return [
      Table.Field(name), figure(ours), Table.Field(tool), figure(theirs),
      Table.Field(share ?? "-"),
      Table.Field(verdict.rawValue, verdict == .differs ? .alarm : .none),
    ]
  }
}
