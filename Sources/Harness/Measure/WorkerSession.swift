// SPDX-License-Identifier: Apache-2.0
internal import Foundation
public import SharedMemory
internal import Synchronization

/// What a harness tells a worker: who it is, what it does and where.
public struct WorkerAssignment: Codable, Sendable {
  public var scenario: String
  public var role: String
  public var index: Int
  public var cell: Cell
  public var seed: Int
  public var clock: MeasurementClock
  public var seating: Seating
  /// How much slower the ends make themselves, in percent: 0 but in studies of the gate.
  public var slowdownPercent = 0.0
  /// The scenario's own instructions, as JSON text.
  public var details: String
  /// Inherited descriptors of the scenario, by their numbers in the worker.
  public var descriptors: [CInt]
}

/// One worker's side of a launch: its assignment, the phases, and what it reports.
///
/// A worker attaches and touches its memory, calls ``start()``, then works as ``phase`` says, and
/// ends with ``finish(_:)``.
public final class WorkerSession: Sendable {
  public let assignment: WorkerAssignment
  public let clock: MeasurementClock
  private let board: LaunchBoard
  private let notify: Doorbell
  @usableFromInline let phaseWord: SharedUInt32
  /// Read when the warm-up begins: what the kernel counts from there on is the launch's noise.
  private let noiseBegin = Mutex<NoiseProbe?>(nil)
  private let noiseEnd = Mutex<NoiseProbe?>(nil)

  public var cell: Cell { assignment.cell }

  /// Inherited descriptor of the board.
  static let boardDescriptor: CInt = 3
  /// Inherited descriptor that tells the harness to look at the board.
  static let notifyDescriptor: CInt = 4
  /// First inherited descriptor of the scenario.
  static let firstScenarioDescriptor: CInt = 5

  init(worker: Int, board: LaunchBoard, notify: consuming Doorbell) throws(LaunchError) {
    guard let data = board.assignment(of: worker),
      let assignment = try? JSONDecoder().decode(WorkerAssignment.self, from: data)
    else {
      throw LaunchError(
        .protocolViolation, "worker \(worker) finds no assignment; run the same build throughout")
    }
    self.assignment = assignment
    clock = assignment.clock
    self.board = board
    phaseWord = board.phaseWord
    self.notify = notify
  }

  /// The phase now; cheap enough to ask after every message.
  @inline(__always)
  public var phase: Phase { board.phase }

  /// Whether senders go on.
  @inlinable @inline(__always)
  public var isRunning: Bool {
    // Acquire: pairs with the release in LaunchBoard.enter.
    let phase = phaseWord.loadAcquire()
    return phase == Phase.warmup.rawValue || phase == Phase.measure.rawValue
  }

  /// Reports ready and sleeps until the warm-up begins.
  /// - Throws: `.aborted` when the harness gave the launch up.
  public func start() throws(LaunchError) {
    board.setState(.ready, of: assignment.index)
    notify.ring()
    board.waitWhile(.prepare)
    if board.phase == .abort {
      throw LaunchError(.aborted, "the harness gave this launch up")
    }
    noiseBegin.withLock { $0 = NoiseProbe() }
  }

  /// The clock when the warm-up began, in ticks.
  public var origin: UInt64 { board.origin }

  /// Where the start of a message of an open load is kept for whoever receives it.
  @inline(__always)
  public func stamp(_ sequence: UInt64) -> SharedUInt64 { board.stamp(sequence) }

  /// Ends what is counted as the launch's work; a worker that does not call it works until it reports.
  public func stop() { noiseEnd.withLock { $0 = NoiseProbe() } }

  /// Sleeps until the senders are to stop.
  public func sleepWhileRunning() {
    board.waitWhile(.warmup)
    board.waitWhile(.measure)
  }

  /// The scenario's own instructions.
  public func details<Details: Decodable>(_ type: Details.Type) throws(LaunchError) -> Details {
    do {
      return try JSONDecoder().decode(type, from: Data(assignment.details.utf8))
    } catch {
      throw LaunchError(
        .protocolViolation,
        "worker \(assignment.index) cannot read its instructions (\(error)); "
          + "run the same build throughout")
    }
  }

  /// Sends the report; the worker then exits.
  func finish(_ report: WorkerReport) throws(LaunchError) {
    var report = report
    if let begin = noiseBegin.withLock({ $0 }) {
      let end = noiseEnd.withLock { $0 } ?? NoiseProbe()
      report.noise = begin.difference(to: end)
      report.busyCores = begin.busyCores(until: end)
    }
    guard let data = try? JSONEncoder().encode(report),
      board.write(report: data, of: assignment.index)
    else {
      throw LaunchError(
        .protocolViolation, "the report is larger than the board holds; use longer slices")
    }
    board.setState(report.error == nil ? .finished : .failed, of: assignment.index)
    notify.ring()
  }
}
