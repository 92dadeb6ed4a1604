// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Scenarios

/// What a self-test found, for people and for programs.
struct SelfTestReport {
  let rows: [SelfTestRow]
  let seed: Int
  let isShort: Bool

  struct Record: Encodable {
    struct Entry: Encodable {
      let check, subject, expected, found, verdict, note: String
      let attempts: Int
    }
    let schema = "weir-selftest/1"
    let form: String
    let seed: Int
    let held, missed, disturbed, unavailable: Int
    let checks: [Entry]
  }

  var record: Record {
    Record(
      form: form, seed: seed, held: count(.held), missed: count(.missed),
      disturbed: count(.disturbed), unavailable: count(.unavailable),
      checks: rows.map {
        Record.Entry(
          check: $0.check, subject: $0.subject, expected: $0.expected, found: $0.found,
          verdict: $0.verdict.rawValue, note: $0.note, attempts: $0.attempts)
      })
  }

  private var form: String { isShort ? "short" : "full" }

  private func count(_ verdict: SelfTestRow.Verdict) -> Int {
    rows.count { $0.verdict == verdict }
  }

  /// What ends the command; nil when everything held that could be looked at.
  var failure: CommandError? {
    if let row = rows.first(where: { $0.verdict == .missed }) {
      let note = row.note.isEmpty ? "" : " (\(row.note))"
      return CommandError(
        .conformanceFailed,
        "\(count(.missed)) of \(rows.count) checks missed, first \(row.check), \(row.subject): "
          + "expected \(row.expected), found \(row.found)\(note); do not trust this build's numbers "
          + "here, and repeat it with `weir selftest\(isShort ? " --short" : "") --seed \(seed)`")
    }
    if let row = rows.first(where: { $0.verdict == .disturbed }) {
      return CommandError(
        .inconclusive,
        "\(count(.disturbed)) of \(rows.count) checks were disturbed \(SelfTest.mostAttempts) times over, "
          + "first \(row.check), \(row.subject): \(row.note); run again when the machine is quiet")
    }
    return nil
  }

  var document: Document {
    var document = Document([])
    for check in rows.map(\.check).reduce(
      into: [String](), { if !$0.contains($1) { $0.append($1) } })
    {
      document.blocks.append(.heading(check))
      document.blocks.append(.table(Self.table(rows.filter { $0.check == check })))
    }
    document.blocks.append(
      .line(
        "\(count(.held)) held, \(count(.missed)) missed, \(count(.disturbed)) disturbed, "
          + "\(count(.unavailable)) not available; \(form) form, seed \(seed)"))
    return document
  }

  private static func table(_ rows: [SelfTestRow]) -> Table {
    let columns = ["verdict", "what", "expected", "found", "note"].map { Table.Column($0) }
    let fields = rows.map { row -> [Table.Field] in
      let emphasis: Table.Emphasis =
        switch row.verdict {
        case .held: .none
        case .missed: .alarm
        case .disturbed, .unavailable: .faint
        }
      let again = row.attempts > 1 ? "attempt \(row.attempts)" : ""
      let note = [again, row.note].filter { !$0.isEmpty }.joined(separator: ": ")
      return [Table.Field(row.verdict.rawValue, emphasis)]
        + [row.subject, row.expected, row.found, note].map { Table.Field($0) }
    }
    return Table(caption: "", columns: columns, rows: fields)
  }
}
