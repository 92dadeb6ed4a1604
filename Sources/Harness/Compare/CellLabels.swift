// SPDX-License-Identifier: Apache-2.0

/// Short names of cells: the parts of their ids in which they differ, apart from what all share.
struct CellLabels {
  /// What all have in common; empty when nothing is.
  let common: String
  private let varying: [Int]?

  init(_ cells: [Cell]) {
    let parts = cells.map { Self.parts($0.id) }
    guard let first = parts.first, parts.allSatisfy({ $0.count == first.count }) else {
      (common, varying) = ("", nil)
      return
    }
    let shared = first.indices.filter { place in
      // A table of one cell still names what it is about.
      place > 3 && parts.allSatisfy { $0[place] == first[place] }
    }
    common = shared.map { first[$0] }.joined(separator: " · ")
    varying = first.indices.filter { !shared.contains($0) }
  }

  func label(of cell: Cell) -> String {
    guard let varying else { return cell.id }
    let parts = Self.parts(cell.id)
    return varying.map { parts[$0] }.joined(separator: "/")
  }

  private static func parts(_ id: String) -> [String] {
    id.split(separator: "/").map(String.init)
  }
}
