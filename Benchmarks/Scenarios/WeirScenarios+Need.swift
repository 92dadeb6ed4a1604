// SPDX-License-Identifier: Apache-2.0
public import Harness
public import Topology

extension WeirScenarios {
  /// What a launch of a cell takes, by the same rules by which it would be staged.
  ///
  /// - Parameter relays: how many replicas the segment has; see ``relays(_:on:)``.
  public static func need(_ cell: Cell, relays: Int = 0) -> LaunchNeed {
    let memory = MemoryNeed(cell, relays: relays)
    let directions = ["pingpong", "pipeline"].contains(cell.workload) ? 2 : 1
    let handed = isInside(cell) ? 0 : directions * descriptors(cell, directions: directions)
    return LaunchNeed(
      processes: processes(cell) + relays,
      descriptors: needWithoutHandover(cell, relays: relays) + handed
        + relays * descriptorsPerRelay,
      segments: directions + relays, segmentBytes: memory.sharedByteCount,
      privateBytes: memory.byteCount - memory.sharedByteCount)
  }

  /// Replicas that a cell has on a machine: one for each node with customers but the segment's.
  public static func relays(_ cell: Cell, on machine: Machine) -> Int {
    guard cell.replicas != .none,
      case .seated(let seating)? = try? Seating.resolve(cell.placement, on: machine),
      case .shared(let shares) = seating.shares(ofCustomers: cell.customers, on: machine)
    else { return 0 }
    return shares.count { $0.relay != nil }
  }

  /// Descriptors that the harness holds whatever the transport hands over.
  static func needWithoutHandover(_ cell: Cell, relays: Int = 0) -> Int {
    harnessDescriptors + descriptorsPerWorker * (processes(cell) + relays)
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
  /// A replica's segment, the promise that its relay comes, and that relay's place with the producer.
  private static let descriptorsPerRelay = 3

  /// Of one direction: the segment, the promise that a producer comes, and one for each customer; a
  /// queue has a bell, and for each customer another one and a channel with two ends.
  private static func descriptors(_ cell: Cell, directions: Int) -> Int {
    let customers = directions == 1 ? cell.customers : 1
    return 2 + customers + (cell.store == "queue" ? 1 + 3 * customers : 0)
  }
}
