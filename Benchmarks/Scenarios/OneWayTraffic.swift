// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// Every workload in which one end sends and the others receive: they differ in the sender alone.
enum OneWayTraffic {
  static func send<Sender: MessageSender & ~Copyable>(
    _ sender: inout Sender, _ session: WorkerSession
  ) throws -> WorkerReport {
    switch session.cell.workload {
    case "burst": try BurstTraffic.send(&sender, session)
    case "batched": try StreamTraffic.sendBatches(&sender, session)
    case "idle": try IdleTraffic.send(&sender, session)
    default: try StreamTraffic.send(&sender, session)
    }
  }
}
