// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Foundation
internal import Glibc
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
  /// Bytes at the beginning of the heap that nobody uses.
  public var heapOffset = 0
  /// Inherited descriptor of the trace that the cell's load replays.
  var trace: CInt?
}

/// One worker's side of a launch: its assignment, the phases, and what it reports.
///
/// A worker attaches and touches its memory, calls ``start()``, then works as ``phase`` says, and
/// ends with ``finish(_:)``.
public final class WorkerSession: Sendable {
  public let assignment: WorkerAssignment
  public let clock: MeasurementClock
  let board: LaunchBoard
  private let notify: Doorbell
  @usableFromInline let runWord: SharedUInt64
  /// Where the ends of the launch meet between slices.
  let meeting: SliceMeeting
  private let sliceWord: SharedUInt32
  /// Set in the worker whose sender comes to meetings.
  let isFollower = Atomic(false)
  /// What the cell's load replays; nil for other loads.
  public let trace: TraceTable?
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

  /// - Throws: `LaunchError`; `SharedMemoryError` for a trace that is none.
  init(worker: Int, board: LaunchBoard, notify: consuming Doorbell) throws {
    guard let data = board.assignment(of: worker),
      let assignment = try? JSONDecoder().decode(WorkerAssignment.self, from: data)
    else {
      throw LaunchError(
        .protocolViolation, "worker \(worker) finds no assignment; run the same build throughout")
    }
    self.assignment = assignment
    trace = try assignment.trace.map { try TraceTable(attaching: $0) }
    clock = assignment.clock
    self.board = board
    runWord = board.runWord
    meeting = board.meeting(assignment.clock)
    sliceWord = board.sliceWord
    self.notify = notify
    board.setProcess(UInt32(getpid()), of: worker)
    // Incidental layout is randomised between launches, as by the environment's padding. An offset that
    // cannot be had leaves the heap where it was.
    if assignment.heapOffset > 0 { _ = weir_shift_heap(assignment.heapOffset) }
  }

  /// The phase now; cheap enough to ask after every message.
  @inline(__always)
  public var phase: Phase { board.phase }

  /// Whether senders go on without a look at anything else: not when the launch is over, and not when
  /// there is something to attend to between two slices.
  @inlinable @inline(__always)
  public var isRunning: Bool {
    // Acquire: pairs with the release in LaunchBoard.enter. The upper half is a meeting's, 0 for none.
    runWord.loadAcquire() &- UInt64(Phase.warmup.rawValue)
      <= UInt64(Phase.cooldown.rawValue - Phase.warmup.rawValue)
  }

  /// Whether the launch goes on.
  public var isUnderWay: Bool { meeting.isUnderWay }

  /// The number of the slice that is open; even when none is.
  @inline(__always)
  package var sliceNumber: UInt32 { sliceWord.loadRelaxed() }

  /// Whether what is received now belongs to a slice.
  public var isInSlice: Bool { sliceNumber & 1 == 1 }

  /// Reports ready and sleeps until the warm-up begins.
  /// - Throws: `.aborted` when the harness gave the launch up.
  public func start() throws(LaunchError) {
    if cell.load != .closed { board.touchStamps() }
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

  /// Ends what is counted as the launch's work, when called first; a worker that does not call it works
  /// until it reports.
  public func stop() { noiseEnd.withLock { $0 = $0 ?? NoiseProbe() } }

  /// Sleeps until the senders are to stop.
  public func sleepWhileRunning() {
    board.waitWhile(.warmup)
    board.waitWhile(.measure)
    board.waitWhile(.cooldown)
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
