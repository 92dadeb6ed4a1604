// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct DoctorCommandTests {
  @Test func jsonHoldsEveryCheckAndTheVerdict() throws {
    let weir = try WeirProcess(["doctor", "--json"])
    let json = try weir.json
    #expect(json["schema"] as? String == "weir-doctor/1")
    let obstacles = try #require(json["obstacles"] as? [String])
    #expect(weir.status == (obstacles.isEmpty ? 0 : 6))
    let machine = try #require(json["machine"] as? [String: Any])
    let checks = try #require(machine["checks"] as? [[String: Any]])
    for name in [
      "cpu-governor", "turbo", "smt", "idle-states", "hypervisor", "steal", "load", "psi", "thp",
      "thp-shmem", "hugetlb", "dev-shm", "memory", "memory-limit", "cpuset", "cpu-quota",
      "clock-source", "invariant-tsc", "numa-nodes", "numa-views", "numa-balancing", "perf-events",
      "pmu",
      "ulimit-nofile", "ulimit-memlock", "ulimit-nproc", "wmem-max", "kernel", "memfd", "pidfd",
      "madv-populate", "futex-waitv", "overcommit", "thread-binding", "memory-binding",
      "page-census", "gnuplot",
    ] {
      let check = checks.first { $0["name"] as? String == name }
      let state = try #require(check?["state"] as? String, "\(name)")
      #expect(["ok", "bad", "unavailable"].contains(state))
      #expect(state == "ok" || check?["hint"] is String, "\(name) says what to do")
    }
  }

  @Test func textSaysTheSame() throws {
    let weir = try WeirProcess(["doctor"], environment: ["NO_COLOR": "1"])
    #expect([0, 6].contains(weir.status))
    #expect(weir.errors.isEmpty)
    #expect(!weir.output.contains("\u{1b}"))
    #expect(weir.output.contains("clock-source"))
  }
}
