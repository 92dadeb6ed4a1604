// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// Every workload in which one end sends and the others receive.
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

  /// Frames alone are received in more than one way.
  static func receive(
    _ receiver: inout FrameReceiver, _ session: WorkerSession
  ) throws -> WorkerReport {
    session.cell.workload == "latest"
      ? try LatestTraffic.receive(&receiver, session)
      : try StreamTraffic.receive(&receiver, session)
  }
}
