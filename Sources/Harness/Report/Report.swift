// SPDX-License-Identifier: Apache-2.0
public import Topology

/// A run as people read it: provenance first, then numbers by what is comparable, then what is
/// missing and why.
public struct Report: Sendable {
  public let run: Run

  public init(_ run: Run) { self.run = run }

  /// Where a document is to be read.
  public enum Medium: Sendable {
    /// A terminal or Markdown: tables no wider than it, and nothing but text.
    case text
    /// A page: whole tables, pictures, and each cell by itself.
    case page
  }

  /// - Parameter machine: what the placement is drawn on, for a page; nil where it is not known.
  public func document(for medium: Medium = .text, machine: Machine? = nil) -> Document {
    let page = medium == .page ? PageContents(run) : nil
    var document = head(page)
    if let page {
      document.blocks += page.provenance(machine: machine)
    } else if let matrix = PlacementMatrix(run) {
      matrix.add(to: &document)
    }
    for group in ComparableGroup.all(in: run) { add(group, to: &document, page) }
    addProblems(to: &document)
    document.add(.heading("How to read this"))
    document.add(.list(legend))
    return document
  }

  /// What a reader must know before any number; on a page, below its headlines.
  func head(_ page: PageContents? = nil) -> Document {
    var document = Document()
    document.add(.title(title))
    for alarm in alarms { document.add(.alarm(alarm)) }
    if let page { document.blocks += page.headlines }
    for (name, text) in provenance { document.add(.fact(name, text)) }
    for note in run.header.notes { document.add(.fact("note", note)) }
    return document
  }

  private var title: String {
    let title = run.header.title.map { ": \($0)" } ?? ""
    return "\(run.header.name)\(title)"
  }

  private func add(_ group: ComparableGroup, to document: inout Document, _ page: PageContents?) {
    func add(_ table: Table, leading: Int) {
      let parts =
        page == nil ? table.split(leading: leading, width: TerminalStyle.widest) : [table]
      for part in parts { document.add(.table(part)) }
    }
    document.add(.heading(group.heading))
    document.add(.line("\(group.method). \(group.latencyLabel)"))
    if let headline = HeadlineTable(group: group).table { add(headline, leading: 2) }
    if let page { document.blocks += page.figures(of: group) }
    var notes = Footnotes()
    for detail in DetailTable.all(of: group) {
      add(detail.table(&notes), leading: detail.leading)
    }
    if !notes.lines.isEmpty { document.add(.list(notes.lines)) }
    if let page { document.blocks += page.cells(of: group) }
  }
}
