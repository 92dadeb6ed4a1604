// SPDX-License-Identifier: Apache-2.0

import CNuma
import Foundation
import Glibc
import Harness
import SharedMemory
import Topology

/// A worker of a run, looked at and meddled with from outside.
struct Worker {
  let pid: Int32

  /// Waits for the worker of a role whose ring is mapped and present.
  ///
  /// - Throws: `GuestError` when the run ends first, or takes too long.
  static func find(_ role: String, of run: WeirCommand.Started) throws -> Worker {
    let deadline = MonotonicTime.nanoseconds() + patienceNanoseconds
    while run.isRunning, MonotonicTime.nanoseconds() < deadline {
      for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
        guard let pid = Int32(name) else { continue }
        let worker = Worker(pid: pid)
        if worker.role == role, worker.ring != nil, worker.node(ofRingPage: 1) != nil {
          return worker
        }
      }
      // Each look at all processes takes tens of milliseconds here; the run must go on meanwhile.
      usleep(5000)
    }
    throw GuestError("no \(role) was seen: \(run.isRunning ? "too slow" : run.end().summary)")
  }

  /// An emulated machine starts a run in seconds.
  private static let patienceNanoseconds: Int64 = 60_000_000_000

  private var role: String? {
    let words = (FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data())
      .split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return words.count > 3 && words[1] == "worker" ? words[3] : nil
  }

  /// The address of its ring; nil before it has one.
  private var ring: UnsafeMutableRawPointer? {
    guard let maps = SystemFile.text("/proc/\(pid)/maps") else { return nil }
    for line in maps.split(separator: "\n") where line.contains("memfd:weir-ring") {
      return line.prefix { $0 != "-" }.withCString { text in
        UnsafeMutableRawPointer(bitPattern: UInt(strtoul(text, nil, 16)))
      }
    }
    return nil
  }

  /// Where the kernel's own table says that the ring lies, such as "bind:1 … N1=70"; nil without a ring.
  var ringInNumaMaps: String? {
    SystemFile.text("/proc/\(pid)/numa_maps")?.split(separator: "\n")
      .first { $0.contains("memfd:weir-ring") }.map(String.init)
  }

  /// The node of a page of the ring; nil while it is not present.
  func node(ofRingPage page: Int) -> Int? {
    status(ofRingPage: page, movedTo: nil).flatMap { $0 >= 0 ? Int($0) : nil }
  }

  /// Moves a page of the ring to a node, whoever else maps it.
  func moveRingPage(_ page: Int, to node: Int) -> Bool {
    status(ofRingPage: page, movedTo: Int32(node)) == Int32(node)
  }

  private func status(ofRingPage page: Int, movedTo node: Int32?) -> Int32? {
    guard let ring else { return nil }
    var pages: [UnsafeMutableRawPointer?] = [ring + page * Segment.pageByteCount]
    var nodes: [Int32] = [node ?? 0]
    var status: [Int32] = [-ENOENT]
    let flags = node == nil ? 0 : CInt(MPOL_MF_MOVE_ALL)
    let result =
      node == nil
      ? move_pages(pid, 1, &pages, nil, &status, flags)
      : move_pages(pid, 1, &pages, &nodes, &status, flags)
    return result == 0 ? status[0] : nil
  }

  /// Lets its main thread run on these CPUs only.
  func setAffinity(_ cpus: CPUSet) -> Bool {
    guard let mask = numa_allocate_cpumask() else { return false }
    defer { numa_bitmask_free(mask) }
    for cpu in cpus { numa_bitmask_setbit(mask, UInt32(cpu)) }
    return numa_sched_setaffinity(pid, mask) == 0
  }
}
