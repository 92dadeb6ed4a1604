// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Harness
internal import SharedMemory
internal import Synchronization
internal import Topology

/// Launches of synthetic stores: real processes around a truth that is known.
struct SelfTestScenario: Scenario {
  static let name = "selftest"
  var name: String { Self.name }

  /// How long and how often the stalling store blocks. Workers read it in their script.
  let stall: StallForm
  let ledger: TruthLedger

  /// Where what a launch's store knows is kept for whoever judges; only the harness's side uses it.
  final class TruthLedger: Sendable {
    private let segments = Mutex<[String: [SyntheticSegment]]>([:])

    func keep(_ segment: SyntheticSegment, of cell: Cell) {
      segments.withLock { $0[cell.id, default: []].append(segment) }
    }

    /// The truth of each launch of a cell, in the order in which they were made.
    func truths(of cell: Cell, _ clock: MeasurementClock) -> [LaunchTruth] {
      segments.withLock { $0[cell.id] ?? [] }.map { $0.truth(clock) }
    }
  }

  func stage(_ cell: Cell, seating: Seating, machine: Machine) throws -> Staging {
    let store = try Self.store(cell)
    let script = script(store, cell)
    let shared = try SyntheticSegment.create(cell, script)
    ledger.keep(shared, of: cell)
    let text = String(decoding: try JSONEncoder().encode(script), as: UTF8.self)
    func worker(_ role: String, _ seat: Seat) -> StagedWorker {
      StagedWorker(
        role: role, cpus: seat.cpuset, details: text, descriptors: [shared.segment.descriptor])
    }
    switch store.kind {
    case .timed: return Staging(workers: [worker("timed", seating.producer)])
    case .placed: return Staging(workers: [worker("placed", seating.customer)])
    case .ring:
      return Staging(
        workers: [worker("producer", seating.producer), worker("customer", seating.customer)])
    }
  }

  /// Above what an operation of a timed store takes on average, by a third; a message of an open load
  /// takes longer than that. Streams are not recorded.
  private static let operationsPerSecond = 80_000.0

  private func script(_ store: SyntheticStore, _ cell: Cell) -> SyntheticScript {
    let isRecorded = store.kind == .timed || cell.load != .closed
    var script = SyntheticScript(
      store: store.rawValue,
      operationLimit: isRecorded
        ? Int((cell.measure.seconds + 0.5) * Self.operationsPerSecond) : 0)
    script.distribution = store.distribution
    script.faults = store.faults
    if store == .stalling { script.stall = stall }
    // Long beside the hand-over between two CPUs, short beside the time to the next message.
    if cell.load != .closed { script.putNanoseconds = 10_000 }
    return script
  }

  private static func store(_ cell: Cell) throws(LaunchError) -> SyntheticStore {
    guard let store = SyntheticStore(rawValue: cell.store) else {
      throw LaunchError(.protocolViolation, "no synthetic store is named \(cell.store)")
    }
    return store
  }

  func perform(_ session: WorkerSession) throws -> WorkerReport {
    let store = try Self.store(session.cell)
    let script = try session.details(SyntheticScript.self)
    guard let descriptor = session.assignment.descriptors.first else {
      throw LaunchError(.protocolViolation, "a synthetic store's segment is missing; run again")
    }
    let segment = try Segment.attach(descriptor: descriptor)
    try segment.populate(.forWriting)
    let shared = SyntheticSegment(segment, session.cell, script)
    switch (store.kind, session.assignment.role) {
    case (.timed, _): return try timed(session, shared, script)
    case (.placed, _): return try placed(session, shared, store)
    case (.ring, "producer"):
      return try PlacementWitness.watch(session, .producer, nil) {
        var sender = RingSender(session, shared, script)
        return try OneWayTraffic.send(&sender, session)
      }
    case (.ring, _):
      return try PlacementWitness.watch(session, .customer, nil) {
        var receiver = RingReceiver(session, shared, script)
        let report = try OneWayTraffic.receive(&receiver, session)
        receiver.close()
        return report
      }
    }
  }

  private func timed(
    _ session: WorkerSession, _ shared: SyntheticSegment, _ script: SyntheticScript
  ) throws -> WorkerReport {
    guard let distribution = script.distribution else {
      throw LaunchError(.protocolViolation, "a timed store has no distribution; run again")
    }
    let perTick = session.clock.nanosecondsPerTick
    // To and fro: half of it is recorded.
    let times = distribution.draws(shared.operationLimit, seed: session.assignment.seed)
      .map { UInt64((2 * $0 / perTick).rounded()) }
    return try PlacementWitness.watch(session, .producer, nil) {
      var sender = NullSender()
      var receiver = TimedReceiver(
        session, times: times, recorder: TruthRecorder(shared, session.clock))
      let report = try PingPongTraffic.ask(&sender, &receiver, session)
      receiver.close()
      return report
    }
  }

  private func placed(_ session: WorkerSession, _ shared: SyntheticSegment, _ store: SyntheticStore)
    throws -> WorkerReport
  {
    let machine = try Machine.current()
    // Its own memory: a page that two processes have touched cannot be moved by either.
    let segment = try Segment.create(byteCount: Segment.pageByteCount, label: "placed")
    try session.assignment.seating.bind(segment, on: machine)
    try segment.populate(.forWriting)
    return try PlacementWitness.watch(session, .customer, segment) {
      var receiver = SabotagedReceiver(
        session, machine, segment, store, sabotaged: shared.word(.sabotaged))
      var report = try StreamTraffic.receive(&receiver, session)
      // Nothing moved: what the loop counted is what it would have sent.
      report.integrity.sent = report.integrity.received
      return report
    }
  }
}
