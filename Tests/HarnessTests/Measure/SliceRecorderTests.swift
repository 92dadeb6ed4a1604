// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Synchronization
import Testing

@testable import Harness

@Suite(.timeLimit(.minutes(1))) struct SliceRecorderTests {
  @Test func countsEveryMessageOfTheMeasuredPhaseAndNoOther() throws {
    let (session, board) = try boardSession(slice: .milliseconds(5))
    var recorder = SliceRecorder(session: session, bytesPerMessage: 64)
    board.enter(.warmup)
    recorder.checkpoint(1000)
    #expect(recorder.slices.isEmpty)
    board.measureBegin = session.clock.ticks()
    board.enter(.measure)
    recorder.checkpoint(1500)
    #expect(!recorder.isOpen, "the first moments are in no slice")
    var count: UInt64 = 1500
    for _ in 0..<12 {
      usleep(2000)
      count += 100
      recorder.checkpoint(count)
    }
    board.enter(.cooldown)
    usleep(3000)
    recorder.checkpoint(count + 50)
    #expect(board.recordersWord.loadAcquire() == 0)
    recorder.checkpoint(count + 5000)
    recorder.finish(count + 6000)
    let messages = recorder.slices.reduce(0) { $0 + $1.messages }
    #expect(recorder.slices.count >= 2)
    #expect(messages <= 1250 && messages >= 300, "\(recorder.slices)")
    var end = Nanoseconds(0)
    for slice in recorder.slices {
      #expect(slice.bytes == slice.messages * 64)
      #expect(slice.duration.count > 0)
      #expect(slice.quarantine == nil && slice.link == nil)
      #expect(slice.noise?.minorFaults != nil, "of the process that the board names")
      let begin = try #require(slice.begin)
      #expect(begin > end, "between two slices something is left out")
      end = Nanoseconds(begin.count + slice.duration.count)
    }
    for slice in recorder.slices.dropLast() {
      #expect(slice.duration >= .milliseconds(5), "a whole slice is never shorter")
    }
    #expect(!recorder.cpus.isEmpty)
  }

  /// Goes on until a slice is open.
  private func open(_ recorder: inout SliceRecorder, _ count: UInt64) {
    while !recorder.isOpen { recorder.checkpoint(count) }
  }

  @Test func aShortRestCountsOnlyWhenItIsAllThereIs() throws {
    let (session, board) = try boardSession(slice: .seconds(3600))
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8)
    board.enter(.measure)
    open(&recorder, 1)
    recorder.checkpoint(11)
    recorder.finish(21)
    #expect(recorder.slices.map(\.messages) == [20])
    let (second, secondBoard) = try boardSession(slice: .milliseconds(400))
    recorder = SliceRecorder(session: second, bytesPerMessage: 8)
    secondBoard.enter(.measure)
    open(&recorder, 1)
    while recorder.slices.isEmpty { recorder.checkpoint(11) }
    open(&recorder, 11)
    recorder.finish(21)
    #expect(recorder.slices.map(\.messages) == [10], "less than a quarter of a slice")
  }

  /// The sender comes; each slice then has a fingerprint, unless the machine kept the ends apart: a
  /// recorder gives up then, and another gets the chance.
  @Test func slicesAreBracketedByMeetings() throws {
    var links: [SliceLink] = []
    for _ in 0..<6 where links.count < 2 { links = try linksOfMeetings() }
    #expect(links.count >= 2)
    #expect(links.allSatisfy { $0.before > 0 && $0.after > 0 })
  }

  private func linksOfMeetings() throws -> [SliceLink] {
    let (session, board) = try boardSession(slice: .milliseconds(20))
    board.enter(.measure)
    let sent = Mutex<UInt64>(0)
    let sender = TestThread {
      session.joinMeetings()
      var sequence: UInt64 = 0
      while session.isRunning || session.attends(sequence) {
        sequence += 1
        sent.withLock { $0 = sequence }
        usleep(20)
      }
    }
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8, encounter: .announced)
    while !session.meeting.hasFollower { usleep(100) }
    let limit = ContinuousClock.now + .seconds(5)
    while recorder.slices.count(where: { $0.link != nil }) < 2, ContinuousClock.now < limit {
      let count = sent.withLock { $0 }
      if recorder.isDue(count) { recorder.checkpoint(count) }
    }
    board.enter(.drain)
    recorder.finish(sent.withLock { $0 })
    #expect(sender.join())
    #expect(board.recordersWord.loadAcquire() == 0)
    return recorder.slices.compactMap(\.link)
  }

  /// A sender that never looks up: the slices have no fingerprints and are made all the same.
  @Test func endsThatCannotMeetAreMeasured() throws {
    let (session, board) = try boardSession(slice: .milliseconds(4))
    board.enter(.measure)
    session.joinMeetings()
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8, encounter: .announced)
    var count: UInt64 = 0
    var asked = 0
    while recorder.slices.count < 8 {
      count += 1
      let was = session.meeting.now
      recorder.checkpoint(count)
      if was == .none, session.meeting.now == .asked { asked += 1 }
    }
    #expect(asked == SliceRecorder.mostFailures, "then it is no use")
    #expect(recorder.slices.allSatisfy { $0.link == nil })
    board.enter(.cooldown)
    recorder.checkpoint(count + 1)
    #expect(board.recordersWord.loadAcquire() == 0)
    #expect(session.meeting.now == .none)
  }

  @Test func endsThatShareACPUDoNotMeet() throws {
    let (session, board) = try boardSession(slice: .milliseconds(4), seats: "core:0")
    board.enter(.measure)
    session.joinMeetings()
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8, encounter: .announced)
    recorder.checkpoint(1)
    #expect(session.meeting.now == .none)
  }

  /// The first recorder cuts; the second counts by its numbers, and so does the sender.
  @Test func othersCutWhereTheLeaderCuts() throws {
    let (session, board) = try boardSession(slice: .milliseconds(4))
    var leader = SliceRecorder(session: session, bytesPerMessage: 8)
    var other = SliceRecorder(session: session, bytesPerMessage: 8)
    var lags = SenderRecorder(session: session)
    leader.response = LatencyRecorder()
    board.enter(.measure)
    var count: UInt64 = 0
    while leader.slices.count < 3 {
      count += 1
      lags.record(nanoseconds: 50)
      leader.checkpoint(count)
      if leader.isOpen { leader.response?.record(nanoseconds: 100) }
      other.checkpoint(count)
      #expect(leader.isOpen == other.isOpen)
    }
    board.enter(.cooldown)
    #expect(board.recordersWord.loadAcquire() == 2)
    leader.checkpoint(count + 1)
    other.checkpoint(count + 1)
    #expect(board.recordersWord.loadAcquire() == 0)
    var (report, shares) = (WorkerReport(), WorkerReport())
    leader.testify(&report, side: .customer)
    other.testify(&shares, side: .customer)
    #expect(Array(report.sliceNumbers.prefix(3)) == [1, 3, 5])
    #expect(Array(shares.shares.map(\.number).prefix(3)) == [1, 3, 5])
    #expect(shares.slices.isEmpty && report.shares.isEmpty)
    for (slice, share) in zip(report.slices, shares.shares) {
      #expect(slice.messages == share.messages)
      #expect(slice.latencies?.response.map(\.count) == [UInt64(slice.messages)])
    }
    let kept = lags.take()
    #expect(Array(kept.map(\.number).prefix(3)) == [1, 3, 5])
    for (slice, part) in zip(report.slices, kept) {
      let count = try #require(PairCoding.decode(part.pairs)?.first?.count)
      #expect(count == UInt64(slice.messages))
    }
    #expect(lags.take().isEmpty)
  }

  /// At ten messages a second a meeting would cost more than it tells.
  @Test func sparseSlicesFollowEachOther() throws {
    let (session, board) = try boardSession(
      slice: .milliseconds(4), load: .open(Rate(perSecond: 10)))
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8)
    board.measureBegin = session.clock.ticks()
    board.enter(.measure)
    var count: UInt64 = 0
    while recorder.slices.count < 3 {
      usleep(1000)
      count += 1
      recorder.checkpoint(count)
    }
    for (one, next) in zip(recorder.slices, recorder.slices.dropFirst()) {
      let begin = try #require(one.begin).count
      #expect(abs(try #require(next.begin).count - begin - one.duration.count) <= 1)
    }
  }

  /// What waited longest comes last: a slice that ended before it would hide it.
  @Test func aSliceStaysOpenUntilTheLoadHasCaughtUp() throws {
    let (session, board) = try boardSession(
      slice: .milliseconds(2), load: .open(Rate(perSecond: 10_000)))
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8)
    board.enter(.measure)
    open(&recorder, 1)
    usleep(5000)
    recorder.checkpoint(101, isLate: true)
    #expect(recorder.isOpen && recorder.slices.isEmpty)
    recorder.checkpoint(201)
    #expect(!recorder.isOpen)
    #expect(recorder.slices.map(\.messages) == [200])
    open(&recorder, 301)
    board.enter(.cooldown)
    recorder.checkpoint(401, isLate: true)
    #expect(recorder.isOpen, "nor does the cool-down end it")
    usleep(1000)
    recorder.finish(501)
    #expect(recorder.slices.map(\.messages).reduce(0, +) == 400)
  }

  @Test func nothingIsRecordedWithoutAMeasuredPhase() throws {
    let (session, board) = try boardSession(slice: .milliseconds(1))
    var recorder = SliceRecorder(session: session, bytesPerMessage: 8)
    for phase in [Phase.warmup, .cooldown, .drain, .abort] {
      board.enter(phase)
      recorder.checkpoint(10)
    }
    recorder.finish(20)
    #expect(recorder.slices.isEmpty)
  }

  @Test func theNextLookIsAlwaysAheadAndNeverFarAtOnce() throws {
    let (session, _) = try boardSession(slice: .seconds(1))
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
    let (session, board) = try boardSession(slice: .seconds(1))
    #expect(try session.details(RooflineScenario.Details.self).sizes == [1])
    let error = #expect(throws: LaunchError.self) { try session.details([String].self) }
    #expect(error?.code == .protocolViolation)
    let running = [Phase.prepare, .warmup, .measure, .cooldown, .drain, .abort].map { phase in
      board.enter(phase)
      return session.isRunning
    }
    #expect(running == [false, true, true, true, false, false])
    let aborted = #expect(throws: LaunchError.self) { try session.start() }
    #expect(aborted?.code == .aborted)
    #expect(board.state(of: 0) == .ready)
  }

  @Test func theReportDecidesTheLastState() throws {
    for error in [nil, "no luck"] {
      let (session, board) = try boardSession(slice: .seconds(1))
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
