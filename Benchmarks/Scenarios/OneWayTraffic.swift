// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// Every workload in which one end sends and the others receive.
enum OneWayTraffic {
  static func send<Sender: MessageSender & ~Copyable>(
    _ sender: inout Sender, _ session: WorkerSession
  ) throws -> WorkerReport {
    if let schedule = ArrivalSchedule(session) {
      return try OpenTraffic.send(&sender, schedule, session)
    }
    return switch session.cell.workload {
    case "burst": try BurstTraffic.send(&sender, session)
    case "batched": try StreamTraffic.sendBatches(&sender, session)
    case "idle": try IdleTraffic.send(&sender, session)
    default: try StreamTraffic.send(&sender, session)
    }
  }

  static func receive<Receiver: MessageReceiver & ~Copyable>(
    _ receiver: inout Receiver, _ session: WorkerSession
  ) throws -> WorkerReport {
    if let schedule = ArrivalSchedule(session) {
      return try OpenTraffic.receive(&receiver, schedule, session)
    }
    return try StreamTraffic.receive(&receiver, session)
  }

  /// Frames alone have strategies that choose among them.
  static func receiveFrames(
    _ receiver: inout FrameReceiver, _ session: WorkerSession
  ) throws -> WorkerReport {
    session.cell.workload == "latest"
      ? try LatestTraffic.receive(&receiver, session) : try receive(&receiver, session)
  }
}
