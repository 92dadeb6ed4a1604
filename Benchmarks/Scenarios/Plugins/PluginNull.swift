// SPDX-License-Identifier: Apache-2.0
internal import CBackend
internal import Harness

/// A plug-in that moves nothing: its two ends in one thread, asked in turn. What a cell takes is what the
/// harness and the calls across the border cost.
struct PluginNull {
  private let session: WorkerSession
  private let terms: PeerTerms

  init(_ session: WorkerSession, _ terms: PeerTerms) {
    self.session = session
    self.terms = terms
  }

  func perform() throws -> WorkerReport {
    try PlacementWitness.watch(session, .producer, nil) {
      let ports = try PeerPorts(terms)
      let session = session
      var receiver = PluginNullReceiver(
        outlet: try PluginOutlet.make(ports.outletPort(nil)),
        inlet: try PluginInlet.make(ports.inletPort(nil)), byteCount: terms.byteCount
      ) { session.isRunning }
      var report = try StreamTraffic.receive(&receiver, session, side: .producer)
      // Nothing moved: what the loop counted is what it would have sent.
      report.integrity.sent = report.integrity.received
      return report
    }
  }
}

/// Sends each message before it receives it.
private struct PluginNullReceiver: ~Copyable, MessageReceiver {
  private var outlet: PluginOutlet
  private var inlet: PluginInlet
  private let room: PeerRoom
  private var sequence: UInt64 = 0
  private let isRunning: () -> Bool

  init(
    outlet: consuming PluginOutlet, inlet: consuming PluginInlet, byteCount: Int,
    isRunning: @escaping () -> Bool
  ) {
    self.outlet = outlet
    self.inlet = inlet
    self.isRunning = isRunning
    room = PeerRoom(byteCount: byteCount)
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    guard isRunning() else { return .ended }
    guard unsafe outlet.send(UnsafeRawBufferPointer(room.bytes)) >= 0, inlet.receive() > 0 else {
      throw LaunchError(
        .workerFailed, "a null plug-in refuses what it need not do; return 0 and 1 at once")
    }
    return Arrival(kind: .message, sequence: sequence)
  }

  mutating func verify() throws -> Fault { .none }

  mutating func release() {
    inlet.release()
    sequence &+= 1
  }
}
