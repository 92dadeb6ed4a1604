// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// What `weir count` prints, for people and for programs.
struct CountReport: CheckResult {
  let key: String
  let counts: [String: MessageCounts]
  let notes: [String]
  let differences: [CountsFile.Difference]
  let isCompared: Bool
  /// Scripts that the file has no counts of.
  let unknown: [String]

  struct Record: Encodable {
    let schema = "weir-count/1"
    let build: String
    let counts: [String: MessageCounts]
    let differences: [CountsFile.Difference]
    let unknown: [String]
    let notes: [String]
  }

  var record: Record {
    Record(
      build: key, counts: counts, differences: differences, unknown: unknown, notes: notes)
  }

  var document: Document {
    var document = Document([.heading("Per message, \(key) build")])
    let columns =
      [Table.Column("script")]
      + MessageCounts.counters.map { Table.Column($0.title, isNumber: true) }
    let rows = counts.keys.sorted().map { name in
      [Table.Field(name)]
        + MessageCounts.counters.map { counter in
          Table.Field(Self.text(counts[name], counter))
        }
    }
    document.blocks.append(.table(Table(caption: "", columns: columns, rows: rows)))
    for difference in differences { document.blocks.append(.alarm(Self.line(difference))) }
    for name in unknown { document.blocks.append(.alarm("\(name): the file has no counts of it")) }
    if isCompared, differences.isEmpty, unknown.isEmpty {
      document.blocks.append(.line("as in the file, every one of them"))
    }
    document.blocks.append(
      .line("copied: by memcpy and memmove in copies of 256 B or more"))
    for note in notes { document.blocks.append(.line("n/a: \(note)")) }
    return document
  }

  private static func text(_ counts: MessageCounts?, _ counter: MessageCounts.Counter) -> String {
    guard let counts, let total = counter.value(counts) else { return "n/a" }
    let messages = counts.messages
    if counter.tolerance > 0 { return Figures.grouped(total / messages) }
    return total % messages == 0 ? "\(total / messages)" : "\(total)/\(messages)"
  }

  private static func line(_ difference: CountsFile.Difference) -> String {
    "\(difference.script): \(difference.counter) \(difference.isWorse ? "rose" : "fell") from "
      + "\(difference.before) to \(difference.now) in \(difference.messages) messages"
  }

  /// What makes it fail; nil when nothing does.
  var failure: (ExitStatus, String)? {
    if let worst = differences.first(where: \.isWorse) {
      let count = differences.count(where: \.isWorse)
      return (
        .regression,
        "\(Self.line(worst))\(count > 1 ? ", and \(count - 1) more" : ""); find out why, or write the new "
          + "counts with --save"
      )
    }
    guard let name = unknown.first else { return nil }
    return (.baselineMissing, "\(name): the file has no counts of it; add them with --save")
  }
}
