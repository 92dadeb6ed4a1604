// SPDX-License-Identifier: Apache-2.0
public import Harness

extension WeirScenarios {
  /// What a launch of a cell takes, by the same rules by which it would be staged.
  public static func need(_ cell: Cell) -> LaunchNeed {
    let memory = MemoryNeed(cell)
    let directions = ["pingpong", "pipeline"].contains(cell.workload) ? 2 : 1
    // Threads of one process, and nothing to inherit.
    let isInside = ["list", "null"].contains(cell.store)
    let processes: Int =
      if isInside { 1 } else if cell.workload == "pipeline" { 3 } else { 1 + cell.customers }
    let handed = isInside ? 0 : directions * descriptors(cell, directions: directions)
    return LaunchNeed(
      processes: processes,
      descriptors: harnessDescriptors + descriptorsPerWorker * processes + handed,
      segments: directions, segmentBytes: memory.sharedByteCount,
      privateBytes: memory.byteCount - memory.sharedByteCount)
  }

  /// Standard streams, the board, its bell, signals, the result's file and its directory.
  private static let harnessDescriptors = 8
  /// The process and what it says on its standard error.
  private static let descriptorsPerWorker = 2

  /// Of one direction: the segment, the promise that a producer comes, and one for each customer; a
  /// queue has a bell and a channel for each customer with two ends.
  private static func descriptors(_ cell: Cell, directions: Int) -> Int {
    let customers = directions == 1 ? cell.customers : 1
    return 2 + customers + (cell.store == "queue" ? 1 + 2 * customers : 0)
  }
}
