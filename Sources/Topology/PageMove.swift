// SPDX-License-Identifier: Apache-2.0

internal import CNuma
internal import Glibc

/// Moves single pages against the policy of their range: what a kernel that balances may do behind a
/// program's back, done on purpose, to see whether somebody notices.
public enum PageMove {
  /// Moves the page at an address to a node by `move_pages(2)`.
  ///
  /// - Parameters:
  ///   - page: on a page boundary, in a mapping that no other process has touched.
  ///   - node: by the kernel's number.
  /// - Throws: `unaligned`, `unsupported` or `forbidden` when the kernel refuses, `notApplied` when the
  ///   page stays where it is.
  public static func move(
    _ page: UnsafeMutableRawPointer, toNode node: Int
  ) throws(TopologyError) {
    try unsafe PageRange.check(page, Machine.pageBytes)
    var pages: [UnsafeMutableRawPointer?] = unsafe [page]
    var nodes = [Int32(node)]
    var statuses: [Int32] = [-1]
    // 2 is MPOL_MF_MOVE: pages of this process alone.
    let result = unsafe move_pages(0, 1, &pages, &nodes, &statuses, 2)
    guard result >= 0 else { throw .system("move a page to node \(node)", errno: errno) }
    guard statuses[0] == Int32(node) else {
      throw TopologyError(
        .notApplied,
        "a page did not move to node \(node) (status \(statuses[0])); check that the node has free "
          + "memory and that no other process shares the page")
    }
  }
}
