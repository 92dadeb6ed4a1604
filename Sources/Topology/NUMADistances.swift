// SPDX-License-Identifier: Apache-2.0

/// The machine's own NUMA distance matrix (ACPI SLIT): 10 is local, larger is farther, no unit.
public struct NUMADistances: Hashable, Sendable, Codable {
  /// The logical index of the node of each row and column.
  public let nodes: [Int]

  /// `rows[i][j]` is the distance from `nodes[i]` to `nodes[j]`.
  public let rows: [[Int]]

  /// The distance between two nodes by logical index; nil when the matrix lacks one of them.
  public func distance(from: Int, to: Int) -> Int? {
    guard let row = nodes.firstIndex(of: from), let column = nodes.firstIndex(of: to) else {
      return nil
    }
    return rows[row][column]
  }
}
