// SPDX-License-Identifier: Apache-2.0

extension Plan {
  /// The part of the plan whose cell ids match any of the patterns.
  ///
  /// - Parameter patterns: ids in which `*` stands for any run of characters, `/` included.
  /// - Throws: `HarnessError` (`job`) when nothing matches.
  public func selecting(_ patterns: [String]) throws(HarnessError) -> Plan {
    let chosen = cells.filter { cell in patterns.contains { Glob($0).matches(cell.id) } }
    guard !chosen.isEmpty else {
      throw HarnessError(
        .job, at: "--only \(patterns.joined(separator: " "))",
        "no cell of \(name) matches",
        remedy: "list the ids with `weir list cells`, and write * for any run of characters")
    }
    return Plan(name: name, title: title, seed: seed, cells: chosen, notes: notes)
  }

  /// The same plan with more that its reader should know, first.
  public func noting(_ more: [String]) -> Plan {
    Plan(name: name, title: title, seed: seed, cells: cells, notes: more + notes)
  }
}

/// A pattern in which `*` stands for any run of characters.
public struct Glob {
  private let pattern: [Character]

  public init(_ pattern: String) { self.pattern = Array(pattern) }

  /// Whether the whole text fits the pattern.
  ///
  /// Complexity: product of the lengths, by going back to the last star only.
  public func matches(_ text: String) -> Bool {
    let text = Array(text)
    var at = 0
    var position = 0
    var star: (pattern: Int, text: Int)?
    while position < text.count {
      if at < pattern.count, pattern[at] == "*" {
        star = (at, position)
        at += 1
      } else if at < pattern.count, pattern[at] == text[position] {
        at += 1
        position += 1
      } else if let last = star {
        star = (last.pattern, last.text + 1)
        at = last.pattern + 1
        position = last.text + 1
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }
}
