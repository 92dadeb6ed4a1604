// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct CPUSetAffinityTests {
  @Test func thisThreadMayRunSomewhere() throws {
    let mine = try onOwnThread { try CPUSet.ofCurrentThread() }
    #expect(!mine.isEmpty)
    #expect(mine.isSubset(of: try Machine.current().onlineCPUs))
  }

  @Test func aProcessIsReadByItsNumber() throws {
    let text = try String(contentsOfFile: "/proc/\(getpid())/status", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list") })
    let list = String(line.split(separator: ":")[1])
    #expect(try CPUSet.ofProcess(getpid()) == CPUSet(list: list))
  }

  @Test(arguments: [Int32.max, 0, -1])
  func aProcessThatIsNotThereIsAnError(pid: Int32) {
    #expect(code(of: { try CPUSet.ofProcess(pid) }) == .noSuchProcess)
  }

  @Test(.enabled(if: Here.canBindThreads, "this machine cannot bind threads"))
  func readsBackWhatWasBound() throws {
    let machine = try Machine.current()
    for cpu in machine.allowedCPUs {
      let (bound, other) = try onOwnThread {
        try machine.bindCurrentThread(to: [cpu])
        return (try CPUSet.ofCurrentThread(), try CurrentCPU.now())
      }
      #expect(bound == [cpu])
      #expect(other.cpu == cpu)
      // The kernel agrees on which node a CPU belongs to.
      #expect(machine.homeNode(of: [cpu])?.osIndex == other.node)
    }
  }
}
