// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing

@testable import Harness

@Suite(.timeLimit(.minutes(1))) struct LaunchBoardTests {
  @Test func whatOneSideWritesTheOtherReads() throws {
    let board = try LaunchBoard(workerCount: 3)
    let other = try LaunchBoard(attaching: board.segment)
    #expect(other.workerCount == 3)
    #expect(other.phase == .prepare)
    for worker in 0..<3 {
      #expect(other.state(of: worker) == .started)
      #expect(other.assignment(of: worker) == nil)
      #expect(other.report(of: worker) == nil)
      #expect(board.write(assignment: Data("assignment \(worker)".utf8), of: worker))
      #expect(other.write(report: Data("report \(worker)".utf8), of: worker))
      other.setState(worker == 1 ? .failed : .ready, of: worker)
    }
    for worker in 0..<3 {
      #expect(other.assignment(of: worker) == Data("assignment \(worker)".utf8))
      #expect(board.report(of: worker) == Data("report \(worker)".utf8))
      #expect(board.state(of: worker) == (worker == 1 ? .failed : .ready))
    }
    for phase in [Phase.warmup, .measure, .cooldown, .drain, .abort] {
      board.enter(phase)
      #expect(other.phase == phase)
    }
  }

  @Test func textsOfOneWorkerNeverReachTheNext() throws {
    let board = try LaunchBoard(workerCount: 2)
    #expect(board.write(report: Data("next".utf8), of: 1))
    #expect(board.write(assignment: Data("next".utf8), of: 1))
    let assignment = Data(repeating: 0xFF, count: (1 << 18) - 16)
    let report = Data(repeating: 0xFF, count: 1 << 24)
    #expect(board.write(assignment: assignment, of: 0))
    #expect(board.write(report: report, of: 0))
    #expect(board.assignment(of: 0) == assignment)
    #expect(board.report(of: 0) == report)
    #expect(board.report(of: 1) == Data("next".utf8))
    #expect(board.assignment(of: 1) == Data("next".utf8))
    #expect(!board.write(assignment: assignment + [0], of: 0))
    #expect(!board.write(report: report + [0], of: 0))
  }

  @Test(
    arguments: [(0, UInt32(0)), (8, 99), (12, 0), (12, 3), (12, 1 << 16), (12, .max)])
  func damagedBoardsAreRefused(offset: Int, value: UInt32) throws {
    let board = try LaunchBoard(workerCount: 2)
    board.segment.uint32(at: offset).storeRelaxed(value)
    let error = #expect(throws: SharedMemoryError.self) {
      try LaunchBoard(attaching: board.segment)
    }
    #expect(error?.code == .corrupt)
  }

  @Test(arguments: [1, 4096, 1 << 20]) func whatIsNoBoardIsRefused(byteCount: Int) throws {
    let segment = try Segment.create(byteCount: byteCount, label: "test")
    #expect(throws: SharedMemoryError.self) { try LaunchBoard(attaching: segment) }
  }

  @Test func damagedStatesAndPhasesStopALaunch() throws {
    let board = try LaunchBoard(workerCount: 1)
    board.segment.uint32(at: 128).storeRelaxed(77)
    #expect(board.phase == .abort)
    board.segment.uint32(at: 640).storeRelaxed(77)
    #expect(board.state(of: 0) == .failed)
  }

  @Test func damagedLengthsAreNoText() throws {
    let board = try LaunchBoard(workerCount: 1)
    #expect(board.write(report: Data("text".utf8), of: 0))
    let lengths = 4096
    #expect(board.segment.uint64(at: lengths + 8).loadRelaxed() == 4)
    board.segment.uint64(at: lengths + 8).storeRelaxed(.max)
    #expect(board.report(of: 0) == nil)
    board.segment.uint64(at: lengths).storeRelaxed(1 << 18)
    #expect(board.assignment(of: 0) == nil)
  }

  @Test func coolingDownEndsWithTheLastRecorder() throws {
    let board = try LaunchBoard(workerCount: 1)
    board.awaitRecorders(within: .seconds(60))
    board.recordersWord.add(2)
    let thread = Thread {
      for _ in 0..<2 {
        usleep(5_000)
        if board.recordersWord.add(.max) == 0 { board.recordersWord.wakeAll() }
      }
    }
    thread.start()
    board.awaitRecorders(within: .seconds(60))
    #expect(board.recordersWord.loadAcquire() == 0)
    board.recordersWord.add(1)
    board.awaitRecorders(within: .milliseconds(1))
    #expect(board.recordersWord.loadAcquire() == 1, "it waits no longer than it was told")
  }

  @Test func waitingEndsWithThePhase() throws {
    let board = try LaunchBoard(workerCount: 1)
    let thread = Thread {
      usleep(20_000)
      board.enter(.warmup)
    }
    thread.start()
    board.waitWhile(.prepare)
    #expect(board.phase == .warmup)
  }
}
