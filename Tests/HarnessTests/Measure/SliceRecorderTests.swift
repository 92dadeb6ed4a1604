// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing
import Topology

@testable import Harness

@Suite(.timeLimit(.minutes(1))) struct SliceRecorderTests {
  /// A worker's session on a board that the test leads.
  private func session(slice: Nanoseconds) throws -> (WorkerSession, LaunchBoard) {
    let machine = try Machine(synthetic: "package:1 core:2 pu:1")
    let request = PlacementRequest.parts(
      producer: "core:0", customer: "core:1", segment: "first-touch")
    guard case .seated(let seating) = try Seating.resolve(request, on: machine) else {
      throw LaunchError(.placement, "no seats")
    }
    var cell = RooflineScenario.cell(sizes: [])
    cell.slice = slice
    let assignment = WorkerAssignment(
      scenario: "test", role: "customer", index: 0, cell: cell, seed: 1,
      clock: MeasurementClock(.monotonic, nanosecondsPerTick: 1), seating: seating,
      details: "{\"sizes\": [1]}", descriptors: [])
    let board = try LaunchBoard(workerCount: 1)
    #expect(board.write(assignment: try JSONEncoder().encode(assignment), of: 0))
    return (try WorkerSession(worker: 0, board: board, notify: Doorbell()), board)
  }

  @Test func countsEveryMessageOfTheMeasuredPhaseAndNoOther() throws {
    let (session, board) = try session(slice: .milliseconds(5))
    var recorder = SliceRecorder(session: session, bytesPerMessage: 64)
    board.enter(.warmup)
    recorder.checkpoint(1000)
    #expect(recorder.slices.isEmpty)
    board.enter(.measure)
    recorder.checkpoint(1500)
    var count: UInt64 = 1500
    for _ in 0..<8 {
      usleep(2000)
      count += 100
      recorder.checkpoint(count)
    }
    board.enter(.drain)
    usleep(3000)
    recorder.checkpoint(count + 50)
    recorder.checkpoint(count + 5000)
    recorder.finish(count + 6000)
    let messages = recorder.slices.reduce(0) { $0 + $1.messages }
    #expect(recorder.slices.count >= 2)
    #expect(messages <= 850 && messages >= 600, "\(recorder.slices)")
    for slice in recorder.slices {
      #expect(slice.bytes == slice.messages * 64)
      #expect(slice.duration.count > 0)
      #expect(slice.quarantine == nil)
    }
    for slice in recorder.slices.dropLast() {
      #expect(slice.duration >= .milliseconds(5), "a whole slice is never shorter")
    }
    #expect(!recorder.cpus.isEmpty)
  }

  @Test func aShortRestCountsOnlyWhenItIsAllThereIs() throws {
    let (session, board) = try session(slice: .seconds(3600))
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8)
    board.enter(.measure)
    recorder.checkpoint(1)
    recorder.checkpoint(11)
    recorder.finish(21)
    #expect(recorder.slices.map(\.messages) == [20])
    recorder.checkpoint(31)
    recorder.finish(41)
    #expect(recorder.slices.map(\.messages) == [20], "less than a quarter of a slice")
  }

  @Test func nothingIsRecordedWithoutAMeasuredPhase() throws {
    let (session, board) = try session(slice: .milliseconds(1))
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8)
    for phase in [Phase.warmup, .drain, .abort] {
      board.enter(phase)
      recorder.checkpoint(10)
    }
    recorder.finish(20)
    #expect(recorder.slices.isEmpty)
  }

  @Test func theNextLookIsAlwaysAheadAndNeverFarAtOnce() throws {
    let (session, _) = try session(slice: .seconds(1))
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8)
    #expect(recorder.isDue(1))
    #expect(!recorder.isDue(0))
    var count: UInt64 = 0
    var stride: UInt64 = 1
    for _ in 0..<20 {
      // As if a million messages had come at once: the stride may grow fourfold, no more.
      count += 1_000_000
      recorder.checkpoint(count)
      #expect(!recorder.isDue(count))
      stride *= 4
      #expect(recorder.isDue(count + stride))
    }
  }

  @Test func sessionsKnowTheirPhaseAndInstructions() throws {
    let (session, board) = try session(slice: .seconds(1))
    #expect(try session.details(RooflineScenario.Details.self).sizes == [1])
    let error = #expect(throws: LaunchError.self) { try session.details([String].self) }
    #expect(error?.code == .protocolViolation)
    let running = [Phase.prepare, .warmup, .measure, .drain, .abort].map { phase in
      board.enter(phase)
      return session.isRunning
    }
    #expect(running == [false, true, true, false, false])
    let aborted = #expect(throws: LaunchError.self) { try session.start() }
    #expect(aborted?.code == .aborted)
    #expect(board.state(of: 0) == .ready)
  }

  @Test func theReportDecidesTheLastState() throws {
    for error in [nil, "no luck"] {
      let (session, board) = try session(slice: .seconds(1))
      var report = WorkerReport()
      report.error = error
      try session.finish(report)
      #expect(board.state(of: 0) == (error == nil ? .finished : .failed))
      let back = try JSONDecoder().decode(
        WorkerReport.self, from: try #require(board.report(of: 0)))
      #expect(back.error == error)
    }
    let board = try LaunchBoard(workerCount: 1)
    let empty = #expect(throws: LaunchError.self) {
      _ = try WorkerSession(worker: 0, board: board, notify: Doorbell())
    }
    #expect(empty?.code == .protocolViolation)
  }
}
