// SPDX-License-Identifier: Apache-2.0

extension Run {
  /// The one cell that a text means: its id, the beginning of one, or a pattern with `*`.
  ///
  /// - Throws: `HarnessError` (`job`) when none or several match, naming the nearest or some of them.
  public func cell(matching text: String) throws(HarnessError) -> RunCell {
    if let exact = cells.first(where: { $0.cell.id == text }) { return exact }
    let glob = Glob(text.hasSuffix("*") ? text : text + "*")
    let matches = cells.filter { glob.matches($0.cell.id) }
    if let only = matches.first, matches.count == 1 { return only }
    guard matches.isEmpty else {
      let shown = matches.prefix(Self.mostNamed).map { "`\($0.cell.id)`" }.joined(separator: ", ")
      let rest = matches.count > Self.mostNamed ? " and \(matches.count - Self.mostNamed) more" : ""
      throw HarnessError(
        .job, "`\(text)` means \(matches.count) cells of \(header.id)",
        remedy: "name one of them: \(shown)\(rest)")
    }
    let nearest = cells.map(\.cell.id).min {
      Self.distance(text, $0) < Self.distance(text, $1)
    }
    throw HarnessError(
      .job, "no cell of \(header.id) matches `\(text)`",
      remedy: nearest.map { "the nearest is `\($0)`; * stands for any run of characters" }
        ?? "the run has no cells")
  }

  private static let mostNamed = 4

  /// How far a text is from an id that may have been cut short.
  private static func distance(_ text: String, _ id: String) -> Int {
    EditDistance.between(text, String(id.prefix(text.count)))
  }
}
