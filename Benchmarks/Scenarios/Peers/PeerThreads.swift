// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory
internal import Topology

/// Both ends of a cell as threads of one process, each bound to its seat.
struct PeerThreads {
  private let session: WorkerSession
  private let terms: PeerTerms
  private let machine: Machine
  private let context: ZeroMQContext

  init(_ session: WorkerSession, _ terms: PeerTerms) throws {
    self.session = session
    self.terms = terms
    machine = try Machine.current()
    context = try ZeroMQContext.make(terms.kind)
  }

  func perform() throws -> WorkerReport {
    let isPingPong = session.cell.workload == "pingpong"
    // Owned by the threads: a lifeline must go with its thread's part.
    let (line, otherLine) = try ByteChannel.makePair()
    let customer = try SideThread(session, machine, .customer) {
      let port = port(otherLine)
      var receiver = try receiver(port)
      guard isPingPong else { return try OneWayTraffic.receive(&receiver, session) }
      var sender = try sender(port)
      return try PingPongTraffic.answer(&sender, &receiver, session)
    }
    var report = try SideThread.run(session, machine, .producer, nil) {
      let port = port(line)
      guard isPingPong else {
        var sender = try sender(port)
        return try OneWayTraffic.send(&sender, session)
      }
      var receiver = try receiver(port)
      var sender = try sender(port)
      return try PingPongTraffic.ask(&sender, &receiver, session)
    }
    report.merge(try customer.join())
    return report
  }

  private func port(_ line: CInt) -> PeerPort {
    let lifeline = Lifeline(OwnedDescriptor(line))
    return PeerPort(terms, [], PeerScenario.Share(descriptors: 0), lifeline, context)
  }

  private func sender(_ port: PeerPort) throws -> PeerSender<ZeroMQOutlet> {
    PeerSender(try ZeroMQOutlet.make(port), port, message: message)
  }

  private func receiver(_ port: PeerPort) throws -> PeerReceiver<ZeroMQInlet> {
    PeerReceiver(
      try ZeroMQInlet.make(port), port, message: message, check: Check(session.cell.verification))
  }

  private var message: StampedBytes {
    StampedBytes(byteCount: session.cell.size.bytes, seed: session.assignment.seed)
  }
}
