// SPDX-License-Identifier: Apache-2.0

extension Explanation {
  /// One page: what it does, what bounds it, what speaks against it, and what to try.
  public func document() -> Document {
    var document = Document()
    document.add(.title(cell))
    if status != .ok {
      document.add(.alarm(limits.map(\.text).joined(separator: "; ")))
      add("Try next", remedies, to: &document)
      return document
    }
    document.add(.list(figures))
    document.add(.heading("What limits it"))
    document.add(
      .list(
        limits.isEmpty
          ? ["no rule explains it: see what is unavailable, and what to try"] : limits.map(\.text)))
    add("What speaks against the numbers", doubts.map(\.text), to: &document)
    add("Quarantined slices", Self.short(quarantined), to: &document)
    document.add(.heading("Guidelines"))
    document.add(.list(violations.map(\.text) + comparisons))
    add("Try next", remedies, to: &document)
    add("Unavailable", unavailable, to: &document)
    return document
  }

  /// More lines than this say nothing new.
  private static let mostLines = 12

  private static func short(_ lines: [String]) -> [String] {
    guard lines.count > mostLines else { return lines }
    return lines.prefix(mostLines) + ["and \(lines.count - mostLines) more"]
  }

  private var comparisons: [String] {
    var lines: [String] = []
    if kept > 0 { lines.append("\(kept) comparison(s) with other cells came out as they must") }
    if incomparable > 0 {
      lines.append("\(incomparable) comparison(s) not made: too few launches on one side")
    }
    return lines.isEmpty && violations.isEmpty
      ? ["no other cell of the run to compare it with"] : lines
  }

  private func add(_ heading: String, _ lines: [String], to document: inout Document) {
    guard !lines.isEmpty else { return }
    document.add(.heading(heading))
    document.add(.list(lines))
  }
}
