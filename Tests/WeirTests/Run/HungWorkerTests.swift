// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Harness
import Scenarios
import Testing
import Topology

@testable import weir

extension RunTests {
  /// Workers that live and do nothing, under a launcher with little patience.
  @Suite struct HungWorkerTests {
    private func launch(_ role: String, depth: Int) throws -> LaunchError {
      let machine = try Machine.current()
      var launcher = Launcher(
        machine: machine, book: WeirScenarios.book, clock: .calibrated())
      launcher.executable = try WeirProcess.path()
      launcher.finishDeadline = .milliseconds(500)
      let yaml = RunJob.text(measure: "300ms", launches: 1) + "workload: { depth: \(depth) }\n"
      let catalog = WeirScenarios.catalog(machine: machine)
      let plan = try Plan(Job(yaml: yaml, source: "job.yaml", catalog: catalog), catalog: catalog)
      let cell = try #require(plan.cells.first)
      guard case .seated(let seating) = try Seating.resolve(cell.placement, on: machine) else {
        throw LaunchError(.placement, "no seats")
      }
      let id = cell.id
      let stopper = Thread {
        _ = eventually(within: 20) {
          let worker = LiveProcess.all.first { $0.role == role && $0.arguments.last == id }
          guard let worker else { return false }
          // It has attached by now or it has not: both are a hang.
          usleep(100_000)
          return kill(worker.pid, SIGSTOP) == 0
        }
      }
      stopper.start()
      let error = #expect(throws: LaunchError.self) {
        _ = try launcher.launch(cell, seating: seating, launch: 0)
      }
      #expect(!LiveProcess.all.contains { $0.arguments.last == id }, "a stopped worker is left")
      return try #require(error)
    }

    @Test(arguments: [("producer", 11), ("customer", 13)])
    func theStoppedWorkerIsNamedAndKilled(role: String, depth: Int) throws {
      let error = try launch(role, depth: depth)
      #expect(error.code == .workerHung)
      #expect(Failure.status(of: error) == .workerFailed)
      #expect(error.description.hasPrefix("worker \(role) (pid "), "\(error)")
      #expect(error.description.contains("(stopped by a signal)"), "\(error)")
      let other = role == "producer" ? "customer" : "producer"
      #expect(!error.description.contains("worker \(other)"), "it only waits: \(error)")
      #expect(!error.description.contains("\n"))
    }
  }
}
