// SPDX-License-Identifier: Apache-2.0
internal import Conformance
internal import Harness

/// What `weir check` prints, for people and for programs.
protocol CheckResult {
  associatedtype Record: Encodable
  var record: Record { get }
  var document: Document { get }
}

/// The checks and what they state.
struct CheckListing: CheckResult {
  let checks: [ListedCheck]
  let stores: [String]

  struct Record: Encodable {
    struct Entry: Encodable {
      let id, statement: String
      let cases: [String: Int]
    }
    let schema = "weir-checks/1"
    let checks: [Entry]
  }

  var record: Record {
    Record(
      checks: checks.map { check in
        Record.Entry(
          id: check.id, statement: check.statement,
          cases: check.cases.filter { stores.contains($0.key) })
      })
  }

  var document: Document {
    let columns =
      [Table.Column("check"), Table.Column("states")]
      + stores.map { Table.Column($0, isNumber: true) }
    let rows = checks.map { check in
      [Table.Field(check.id), Table.Field(check.statement)]
        + stores.map { store in
          let count = check.cases[store] ?? 0
          return Table.Field(count == 0 ? "-" : "\(count)")
        }
    }
    return Document([.table(Table(caption: "", columns: columns, rows: rows))])
  }
}

/// What the checks found.
struct CheckReport: CheckResult {
  let findings: [Finding]
  let seed: UInt64

  struct Record: Encodable {
    struct Entry: Encodable {
      let store, check, statement, verdict: String
      let reason: String?
      let cases: Int
      let seconds: Double
      let violation, example, repetition: String?
    }
    let schema = "weir-check/1"
    let seed: UInt64
    let held, violated, inapplicable: Int
    let findings: [Entry]
  }

  var record: Record {
    Record(
      seed: seed, held: held.count, violated: violated.count,
      inapplicable: findings.count - held.count - violated.count,
      findings: findings.map { finding in
        Record.Entry(
          store: finding.store, check: finding.check,
          statement: finding.statement, verdict: Self.word(finding.verdict),
          reason: Self.reason(finding.verdict), cases: finding.caseCount,
          seconds: finding.seconds, violation: finding.violation?.description,
          example: finding.example,
          repetition: finding.violation.map { _ in repetition(finding) })
      })
  }

  private var held: [Finding] {
    findings.filter { if case .held = $0.verdict { true } else { false } }
  }
  private var violated: [Finding] { findings.filter { $0.violation != nil } }

  /// In the order in which they were checked.
  private var stores: [String] {
    findings.map(\.store).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func word(_ verdict: Finding.Verdict) -> String {
    switch verdict {
    case .held: "held"
    case .violated: "violated"
    case .notApplicable: "n/a"
    }
  }

  private static func reason(_ verdict: Finding.Verdict) -> String? {
    if case .notApplicable(let reason) = verdict { reason } else { nil }
  }

  private func repetition(_ finding: Finding) -> String {
    "weir check \(finding.store) --only \(finding.check) --seed \(seed)"
  }

  /// The first violation in one line; nil when all held.
  var failure: String? {
    violated.first.map { finding in
      "\(finding.store) violates `\(finding.check)` in "
        + "\(finding.example ?? "setting up"): "
        + "\(finding.violation?.description ?? ""); repeat it with `\(repetition(finding))`"
    }
  }

  var document: Document {
    var document = Document([])
    let columns = [
      Table.Column("verdict"), Table.Column("check"), Table.Column("cases", isNumber: true),
      Table.Column("states"),
    ]
    for store in stores {
      let own = findings.filter { $0.store == store }
      let rows = own.map { finding in
        let text = Self.reason(finding.verdict).map { "not applicable: \($0)" }
        let word = Self.word(finding.verdict)
        let emphasis: Table.Emphasis =
          finding.violation != nil ? .alarm : text != nil ? .faint : .none
        return [
          Table.Field(word, emphasis), Table.Field(finding.check),
          Table.Field(finding.caseCount == 0 ? "" : "\(finding.caseCount)"),
          Table.Field(text ?? finding.statement),
        ]
      }
      document.blocks.append(.heading(store))
      document.blocks.append(.table(Table(caption: "", columns: columns, rows: rows)))
    }
    for finding in violated {
      document.blocks.append(
        .alarm(
          "\(finding.store) \(finding.check): \(finding.violation?.description ?? "")"))
    }
    document.blocks.append(.line(summary))
    return document
  }

  private var summary: String {
    let cases = findings.reduce(0) { $0 + $1.caseCount }
    let seconds = findings.reduce(0) { $0 + $1.seconds }
    return "\(held.count) held, \(violated.count) violated, "
      + "\(findings.count - held.count - violated.count) not applicable; \(cases) cases in "
      + "\(Int(seconds.rounded(.up))) s, seed \(seed)"
  }
}
