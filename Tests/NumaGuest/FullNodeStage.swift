// SPDX-License-Identifier: Apache-2.0

import CNuma
import Glibc
import Harness
import SharedMemory

/// A strict policy on a node that is full: the kernel would kill somebody; weir says so beforehand.
///
/// Node 0 must have room for what weir wants free on the whole machine, while node 1 is full.
struct FullNodeStage {
  let guest: Guest
  private static let node = 1
  /// Left on the node: above the kernel's own watermarks, below what the segment takes.
  private static let leftBytes = 48 << 20
  private static let stepBytes = 4 << 20

  func run(_ ledger: inout Ledger) throws {
    // 64 of them fill the arena; raw, so that the ends keep no copies.
    let large = ["--size", "1MiB", "--serializer", "raw"]
    let filling = try Filling(node: Self.node, leaving: Self.leftBytes, step: Self.stepBytes)
    defer { filling.release() }
    let left = Filling.freeBytes(Self.node)
    ledger.check(
      left <= Self.leftBytes, "node \(Self.node) has \(left >> 20) MiB left", "\(left >> 20) MiB")
    let refused = try run(large, on: Self.node)
    ledger.check(
      refused.refused(
        6, saying: ["node \(Self.node) has", "MiB of memory free", "lower the size"]),
      "a segment of 64 MiB on node \(Self.node) is refused with 6: \(refused.errors)",
      refused.summary)
    let spread = try run(large, on: nil)
    ledger.check(
      spread.refused(6, saying: ["node \(Self.node) has", "MiB of memory free"]),
      "interleaved it is refused as well: \(spread.errors)", spread.summary)
    let elsewhere = try run(large, on: 0)
    ledger.check(
      elsewhere.status == WeirCommand.cleanStatus, "on node 0 the same segment is measured",
      elsewhere.summary)
    let small = try run([], on: Self.node)
    ledger.check(
      small.status == WeirCommand.cleanStatus, "a small one still fits on node \(Self.node)",
      small.summary)
  }

  private func run(_ arguments: [String], on node: Int?) throws -> WeirCommand.Ended {
    let job = SabotageStage.job(
      producer: "numa:0", customer: "numa:0", segment: node.map { "node:\($0)" } ?? "interleave")
    return try guest.weir.run(job: job, ["--measure", "2s"] + arguments)
  }
}

/// Memory that is bound to a node and touched until little of the node is left.
private final class Filling {
  private var pieces: [(base: UnsafeMutableRawPointer, byteCount: Int)] = []

  init(node: Int, leaving left: Int, step: Int) throws {
    while Self.freeBytes(node) > left {
      guard
        let base = mmap(
          nil, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        base != MAP_FAILED
      else { throw GuestError("no address space to fill node \(node) with") }
      pieces.append((base, step))
      var mask: UInt = 1 << UInt(node)
      guard
        mbind(base, UInt(step), CInt(MPOL_BIND), &mask, UInt(UInt.bitWidth), UInt32(MPOL_MF_STRICT))
          == 0
      else { throw GuestError("memory cannot be bound to node \(node): errno \(errno)") }
      for offset in stride(from: 0, to: step, by: Segment.pageByteCount) {
        base.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
      }
    }
  }

  func release() {
    for piece in pieces { munmap(piece.base, piece.byteCount) }
    pieces = []
  }

  static func freeBytes(_ node: Int) -> Int {
    let kilobytes = SystemFile.integer(
      "/sys/devices/system/node/node\(node)/meminfo", label: "Node \(node) MemFree:")
    return (kilobytes ?? 0) << 10
  }
}
