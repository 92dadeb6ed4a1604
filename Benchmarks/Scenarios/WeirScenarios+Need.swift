// SPDX-License-Identifier: Apache-2.0
public import Harness

extension WeirScenarios {
  /// What a launch of a cell takes, by the same rules by which it would be staged.
  public static func need(_ cell: Cell) -> LaunchNeed {
    let memory = MemoryNeed(cell)
    let directions = ["pingpong", "pipeline"].contains(cell.workload) ? 2 : 1
    let handed = isInside(cell) ? 0 : directions * descriptors(cell, directions: directions)
    return LaunchNeed(
      processes: processes(cell), descriptors: needWithoutHandover(cell) + handed,
      segments: directions, segmentBytes: memory.sharedByteCount,
      privateBytes: memory.byteCount - memory.sharedByteCount)
  }

  /// Descriptors that the harness holds whatever the transport hands over.
  static func needWithoutHandover(_ cell: Cell) -> Int {
    harnessDescriptors + descriptorsPerWorker * processes(cell)
  }

  /// Threads of one process, and nothing to inherit.
  private static func isInside(_ cell: Cell) -> Bool { ["list", "null"].contains(cell.store) }

  private static func processes(_ cell: Cell) -> Int {
    if isInside(cell) { return 1 }
    return switch cell.workload {
    case "pipeline": 3
    case "pingpong": 2
    default: 1 + cell.customers
    }
  }

  /// Standard streams, the board, its bell, signals, the result's file and its directory.
  private static let harnessDescriptors = 8
  /// The process and what it says on its standard error.
  private static let descriptorsPerWorker = 2

  /// Of one direction: the segment, the promise that a producer comes, and one for each customer; a
  /// queue has a bell, and for each customer another one and a channel with two ends.
  private static func descriptors(_ cell: Cell, directions: Int) -> Int {
    let customers = directions == 1 ? cell.customers : 1
    return 2 + customers + (cell.store == "queue" ? 1 + 3 * customers : 0)
  }
}
