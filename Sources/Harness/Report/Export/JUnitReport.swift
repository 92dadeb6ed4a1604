// SPDX-License-Identifier: Apache-2.0

/// A run as the test reports that CI systems read: a suite per table, a case per cell.
struct JUnitReport {
  private let run: Run

  init(_ run: Run) { self.run = run }

  var text: String {
    let cells = run.cells
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites name=\(Self.quoted("weir \(run.header.name)")) \(Self.counts(cells))>",
    ]
    for group in ComparableGroup.all(in: run) {
      lines += Self.suite(group.heading, group.cells)
    }
    // No table has them, but whoever waits for a cell should learn what became of it.
    let skipped = cells.filter { $0.status == .skipped }
    if !skipped.isEmpty { lines += Self.suite("not run", skipped) }
    return (lines + ["</testsuites>"]).joined(separator: "\n") + "\n"
  }

  private static func suite(_ name: String, _ cells: [RunCell]) -> [String] {
    ["  <testsuite name=\(quoted(name)) \(counts(cells))>"]
      + cells.flatMap { lines($0, in: name) } + ["  </testsuite>"]
  }

  /// A worker that crashed is an error, a broken rule a failure.
  private static func counts(_ cells: [RunCell]) -> String {
    func count(_ status: CellStatus) -> Int { cells.count { $0.status == status } }
    return "tests=\"\(cells.count)\" failures=\"\(count(.invalid))\" errors=\"\(count(.failed))\""
      + " skipped=\"\(count(.skipped))\""
  }

  private static func lines(_ cell: RunCell, in suite: String) -> [String] {
    let open = "    <testcase classname=\(quoted(suite)) name=\(quoted(cell.cell.id))"
    let reason = quoted(cell.summary.reason ?? cell.status.rawValue)
    switch cell.status {
    case .ok: return ["\(open)>", "      <system-out>\(escaped(figures(cell)))</system-out>", end]
    case .skipped: return ["\(open)>", "      <skipped message=\(reason)/>", end]
    case .invalid: return ["\(open)>", "      <failure message=\(reason)/>", end]
    case .failed: return ["\(open)>", "      <error message=\(reason)/>", end]
    }
  }

  private static let end = "    </testcase>"

  private static func figures(_ cell: RunCell) -> String {
    let metrics = cell.summary.metrics
    let parts = [
      metrics.felt?.p50.value.map { "p50 \(Figures.text($0)) ns" },
      metrics.messagesPerSecond.map { "\(Figures.text($0.value)) messages/s" },
      metrics.bytesPerSecond.map { "\(Figures.text($0.value)) B/s" },
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// XML 1.0 has no place for control characters: a space stands for them.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      default: scalar.value < 32 ? " " : String(scalar)
      }
    }.joined()
  }
}
