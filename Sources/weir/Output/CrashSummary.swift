// SPDX-License-Identifier: Apache-2.0
internal import Conformance
internal import Harness
internal import Transport

/// What the crash trials came to.
struct CrashSummary: CheckResult {
  let reports: [CrashReport]

  struct Record: Encodable {
    struct Failure: Encodable {
      let trial: Int
      let violation: String
    }
    struct Entry: Encodable {
      let store: String
      let seed: UInt64
      let trials: Int
      let kills: [String: Int]
      let violations: [Failure]
      let leftover: String?
      let seconds: Double
    }
    let schema = "weir-crash/1"
    let stores: [Entry]
  }

  var record: Record {
    Record(
      stores: reports.map { report in
        Record.Entry(
          store: report.store.rawValue, seed: report.seed, trials: report.trials,
          kills: report.kills,
          violations: report.failures.map {
            Record.Failure(trial: $0.trial, violation: $0.violation.description)
          }, leftover: report.leftover, seconds: report.seconds)
      })
  }

  private func repetition(_ report: CrashReport, _ trial: Int) -> String {
    "weir check \(report.store.rawValue) --faults crash --seed \(report.seed) --trial \(trial)"
  }

  /// The first violation in one line; nil when there was none.
  var failure: String? {
    for report in reports {
      if let failure = report.failures.min(by: { $0.trial < $1.trial }) {
        return "\(report.store.rawValue), crash trial \(failure.trial): \(failure.violation); "
          + "repeat it with `\(repetition(report, failure.trial))`"
      }
      if let leftover = report.leftover {
        return "\(report.store.rawValue), crash trials: \(leftover) were left behind (seed "
          + "\(report.seed))"
      }
    }
    return nil
  }

  var document: Document {
    var document = Document([])
    let columns =
      [Table.Column("store"), Table.Column("killed")]
      + CrashReport.phases.map { Table.Column($0, isNumber: true) }
      + [Table.Column("sum", isNumber: true)]
    let rows = reports.flatMap { report in
      CrashVictim.allCases.map { victim in
        let counts = CrashReport.phases.map { report.kills["\(victim.rawValue)/\($0)"] ?? 0 }
        return [Table.Field(report.store.rawValue), Table.Field(victim.rawValue)]
          + counts.map { Table.Field("\($0)") } + [Table.Field("\(counts.reduce(0, +))")]
      }
    }
    document.blocks.append(
      .table(Table(caption: "Kills by what the victim was doing", columns: columns, rows: rows)))
    for report in reports {
      for failure in report.failures {
        document.blocks.append(
          .alarm(
            "\(report.store.rawValue) trial \(failure.trial): \(failure.violation); "
              + "`\(repetition(report, failure.trial))`"))
      }
      document.blocks.append(
        .line(
          "\(report.store.rawValue): \(report.trials) trials, \(report.failures.count) violations, "
            + "\(report.leftover ?? "nothing") left behind, "
            + "\(Int(Double(report.trials) / max(report.seconds, 1e-9))) trials/s, seed "
            + "\(report.seed)"))
    }
    return document
  }
}
