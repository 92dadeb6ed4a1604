// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Topology

/// The null backend: the loops of every other cell around nothing, so that a table can show what
/// the harness itself costs.
struct NullScenario: Scenario {
  let name = "null"

  func stage(_ cell: Cell, seating: Seating, machine: Machine) throws -> Staging {
    Staging(workers: [StagedWorker(role: "null", cpus: seating.producer.cpuset)])
  }

  func perform(_ session: WorkerSession) throws -> WorkerReport {
    try PlacementWitness.watch(session, .producer, nil) { try exchange(session) }
  }

  private func exchange(_ session: WorkerSession) throws -> WorkerReport {
    var receiver = NullReceiver { session.isRunning }
    var report: WorkerReport
    if session.cell.workload == "pingpong" {
      var sender = NullSender()
      report = try PingPongTraffic.ask(&sender, &receiver, session)
    } else {
      report = try StreamTraffic.receive(&receiver, session, side: .producer)
    }
    // Nothing moved: what the loop counted is what it would have sent.
    report.integrity.sent = report.integrity.received
    return report
  }
}
