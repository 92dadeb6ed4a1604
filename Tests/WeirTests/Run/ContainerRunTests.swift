// SPDX-License-Identifier: Apache-2.0
import CSeccomp
import Foundation
import Testing
import Topology

/// In a container whose profile lets nobody bind memory or ask where it lies.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ContainerRunTests {
  /// The filter stays with its thread, which therefore ends with the run.
  private static func weir(_ arguments: [String]) async throws -> WeirProcess {
    let result: Result<WeirProcess, any Error> = await withCheckedContinuation { continuation in
      Thread {
        continuation.resume(
          returning: Result {
            let refused = seccomp_refuse_memory_policies()
            try #require(refused == 0, "no seccomp filters here: errno \(-refused)")
            return try WeirProcess(arguments)
          })
      }.start()
    }
    return try result.get()
  }

  private func run() async throws -> WeirProcess {
    let scratch = try Scratch()
    try scratch.write(RunJob.small, to: "job.yaml")
    return try await Self.weir(
      ["run", "\(scratch.path)/job.yaml", "--allow-debug", "--quiet", "--json"])
  }

  @Test(.enabled(if: (try? Machine.current())?.numaNodes.count == 1, "needs 1 NUMA node"))
  func theOnlyNodeNeedsNoBinding() async throws {
    let weir = try await run()
    let json = try weir.json
    #expect(Int(weir.status) == RunTests.goodExit(json), "\(weir.errors)")
    let cell = try #require(try RunTests.cells(json).first)
    #expect(cell["status"] as? String == "ok")
    let placement = try #require(cell["placement"] as? [String: Any])
    #expect(placement["verified"] is NSNull, "never a guess: \(placement)")
    let observed = try #require(placement["observed"] as? [String: Any])
    let reason = observed["mismatch"] as? String
    #expect(reason?.contains("not permitted (EPERM)") == true, "\(observed)")
  }

  @Test(.enabled(if: (try? Machine.current())?.numaNodes.count ?? 0 > 1, "needs 2 NUMA nodes"))
  func amongSeveralNodesItIsRefused() async throws {
    let weir = try await run()
    #expect(weir.status == 6 && weir.errors.contains("CAP_SYS_NICE"), "\(weir.errors)")
  }

  @Test func theDoctorNamesTheProfile() async throws {
    let doctor = try await Self.weir(["doctor"])
    #expect(doctor.status == 0)
    #expect(doctor.output.contains("memory-binding: cannot bind memory to node 0: not permitted"))
    #expect(doctor.output.contains("seccomp profile or add"))
  }
}
