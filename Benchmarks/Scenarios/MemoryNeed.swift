// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory
internal import Transport

/// About how much memory the workers of a cell take, so that a cell that cannot fit is refused with
/// numbers instead of dying of them.
struct MemoryNeed {
  let cell: Cell
  /// In floating point: the product of a job's largest values overflows an integer.
  let byteCount: Double
  /// Of these the segments between the workers.
  let sharedByteCount: Double

  init(_ cell: Cell) {
    self.cell = cell
    let size = Double(cell.size.bytes)
    let directions = ["pingpong", "pipeline"].contains(cell.workload) ? 2.0 : 1.0
    let between = cell.workload == "pipeline" ? 1.0 : 0.0
    let ends = cell.store == "list" ? 1 : 1 + Double(cell.customers) + between
    // Of each message that can be sent, or of the template of plain bytes.
    let copies = cell.serializer == "raw" ? 1 : Double(FramePatterns.count(depth: cell.depth))
    var perEnd = cell.workload == "loaned" ? 0 : copies * size
    var shared = 0.0
    switch cell.store {
    case "shm", "mutex-ring": shared = Double(cell.depth) * size * directions
    // Encoded on one side, received and decoded on the other.
    case "queue": perEnd += 2 * size
    // As if it were in shared memory; what it really takes is its own business.
    case let store where PeerKind(rawValue: store)?.plugin?.isNull == false:
      shared = Double(cell.depth) * size * directions
    default: break
    }
    sharedByteCount = shared
    byteCount = ends * perEnd + shared
  }

  /// - Throws: `.resources` when the machine has not that much.
  func check(available: Int? = MemoryBudget.availableByteCount()) throws(LaunchError) {
    guard let available, byteCount > Double(available) else { return }
    let needed = Int((byteCount / 1_048_576).rounded(.up))
    throw LaunchError(
      .resources,
      "\(cell.id): \(cell.depth) messages of \(cell.size) need about \(needed) MiB with the copies "
        + "that each end keeps, and \(available >> 20) MiB are available; lower the depth or the size"
    )
  }
}
