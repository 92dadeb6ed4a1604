// SPDX-License-Identifier: Apache-2.0

/// A run as people read it: provenance first, then numbers by what is comparable, then what is
/// missing and why.
public struct Report: Sendable {
  public let run: Run

  public init(_ run: Run) { self.run = run }

  public func document() -> Document {
    var document = head()
    if let matrix = PlacementMatrix(run) { matrix.add(to: &document) }
    for group in ComparableGroup.all(in: run) { add(group, to: &document) }
    addProblems(to: &document)
    document.add(.heading("How to read this"))
    document.add(.list(legend))
    return document
  }

  /// What a reader must know before any number.
  func head() -> Document {
    var document = Document()
    document.add(.title(title))
    for alarm in alarms { document.add(.alarm(alarm)) }
    for line in provenance { document.add(.line(line)) }
    for note in run.header.notes { document.add(.line("note: \(note)")) }
    return document
  }

  private var title: String {
    let title = run.header.title.map { ": \($0)" } ?? ""
    return "\(run.header.name)\(title)"
  }

  private func add(_ group: ComparableGroup, to document: inout Document) {
    document.add(.heading(group.heading))
    document.add(.line("\(group.method). \(group.latencyLabel)"))
    if let headline = HeadlineTable(group: group).table {
      for part in headline.split(leading: 2, width: TerminalStyle.widest) {
        document.add(.table(part))
      }
    }
    var notes = Footnotes()
    for detail in DetailTable.all(of: group) {
      let table = detail.table(&notes)
      for part in table.split(leading: detail.leading, width: TerminalStyle.widest) {
        document.add(.table(part))
      }
    }
    if !notes.lines.isEmpty { document.add(.list(notes.lines)) }
  }
}
