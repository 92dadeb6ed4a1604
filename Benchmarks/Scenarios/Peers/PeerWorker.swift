// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory
internal import Topology

/// One worker's part in a cell between processes.
struct PeerWorker: PeerVisitor {
  private let session: WorkerSession
  private let outletPort: PeerPort?
  private let inletPort: PeerPort?

  init(_ session: WorkerSession, _ terms: PeerTerms) throws {
    let details = try session.details(PeerScenario.Details.self)
    var numbers = session.assignment.descriptors[...]
    let wanted = [details.outlet, details.inlet].reduce(details.lines) {
      $0 + ($1?.descriptors ?? 0)
    }
    guard numbers.count == wanted else {
      throw LaunchError(.protocolViolation, "a worker misses descriptors of its peer; run again")
    }
    func take(_ count: Int) -> [CInt] {
      defer { numbers = numbers.dropFirst(count) }
      return Array(numbers.prefix(count))
    }
    let lifeline = Lifeline(all: take(details.lines).map(OwnedDescriptor.init))
    let context = terms.kind.usesZeroMQ ? try ZeroMQContext.make(terms.kind) : nil
    func port(_ share: PeerScenario.Share?) -> PeerPort? {
      share.map { PeerPort(terms, take($0.descriptors), $0, lifeline, context) }
    }
    outletPort = port(details.outlet)
    var inlet = port(details.inlet)
    inlet?.leavesFirstTouch =
      session.assignment.role == "customer"
      && session.assignment.seating.memory.policy == .firstTouch
    inletPort = inlet
    self.session = session
  }

  func visit<Outlet: PeerOutlet & ~Copyable, Inlet: PeerInlet & ~Copyable>(
    outlet: @escaping @Sendable (PeerPort) throws -> Outlet,
    inlet: @escaping @Sendable (PeerPort) throws -> Inlet
  ) throws -> WorkerReport {
    let message = StampedBytes(byteCount: session.cell.size.bytes, seed: session.assignment.seed)
    let check = Check(session.cell.verification)
    // Inlets first: who listens must be heard of before the other can connect.
    switch (outletPort, inletPort) {
    case (let there?, nil):
      let end = try outlet(there)
      let segment = end.segment
      var sender = PeerSender(end, there, message: message)
      return try PlacementWitness.watch(session, .producer, segment) {
        try OneWayTraffic.send(&sender, session)
      }
    case (nil, let here?):
      let end = try inlet(here)
      let segment = end.segment
      var receiver = PeerReceiver(end, here, message: message, check: check)
      return try PlacementWitness.watch(session, .customer, segment) {
        try OneWayTraffic.receive(&receiver, session)
      }
    case (let there?, let here?):
      let end = try inlet(here)
      var receiver = PeerReceiver(end, here, message: message, check: check)
      let start = try outlet(there)
      let segment = start.segment
      var sender = PeerSender(start, there, message: message)
      if session.assignment.role == "asker" {
        return try PlacementWitness.watch(session, .producer, segment) {
          try PingPongTraffic.ask(&sender, &receiver, session)
        }
      }
      return try PlacementWitness.watch(session, .customer, segment) {
        try PingPongTraffic.answer(&sender, &receiver, session)
      }
    case (nil, nil):
      throw LaunchError(.protocolViolation, "a worker was given no end; run the same build")
    }
  }
}
