// SPDX-License-Identifier: Apache-2.0

/// Finds the name somebody meant when they typed another.
public enum EditDistance {
  /// Insertions, deletions, substitutions and swaps of neighbours that turn one name into the other.
  ///
  /// The optimal string alignment distance: F. J. Damerau, CACM 7(3), 1964, with each letter edited
  /// at most once. Complexity: product of the lengths.
  static func between(_ left: String, _ right: String) -> Int {
    let a = Array(left.lowercased())
    let b = Array(right.lowercased())
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        let substitution = last[j] + (a[i] == b[j] ? 0 : 1)
        var best = min(substitution, last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }

  /// The closest of the known names, or nil when none is close enough to be what was meant.
  static func nearest(to name: String, in known: [String]) -> String? {
    // A third of the letters: closer than that reads as a slip, further as another word.
    let limit = max(1, name.count / 3)
    let ranked = known.map { (name: $0, distance: between(name, $0)) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= limit ? best.name : nil
  }

  /// `did you mean `shm`? known: list, queue, shm`.
  public static func remedy(for name: String, known: [String]) -> String {
    let list = "known: \(known.joined(separator: ", "))"
    return nearest(to: name, in: known).map { "did you mean `\($0)`? \(list)" } ?? list
  }
}
