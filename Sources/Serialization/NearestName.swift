// SPDX-License-Identifier: Apache-2.0

/// The known name most like a mistyped one.
package struct NearestName {
  /// The match; nil when every known name differs in more than half of its letters.
  package let name: String?

  /// Compares by edit distance, ignoring case; of equals the first in `names` wins.
  package init(to typed: String, among names: [String]) {
    // The work grows with the length, and no name is that long.
    let start = typed.prefix(64).lowercased()
    let candidates = names.map { (name: $0, edits: Self.editDistance(start, $0)) }
    let best = candidates.min { $0.edits < $1.edits }
    name = best.flatMap { $0.edits <= max($0.name.count, start.count) / 2 ? $0.name : nil }
  }

  /// Insertions, deletions and replacements from one text to another (Wagner and Fischer, 1974).
  static func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (index, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let replaced = diagonal + (character == right[column] ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
      }
    }
    return row[right.count]
  }
}
