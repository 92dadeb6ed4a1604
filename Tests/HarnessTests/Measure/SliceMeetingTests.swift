// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing

@testable import Harness

@Suite(.timeLimit(.minutes(1))) struct SliceMeetingTests {
  /// Polls until the other end has come so far.
  private func reached(_ state: SliceMeeting.State, _ meeting: SliceMeeting) -> Bool {
    let limit = ContinuousClock.now + .seconds(30)
    while meeting.now != state, ContinuousClock.now < limit { usleep(50) }
    return meeting.now == state
  }

  @Test func twoEndsMeetAgainAndAgain() throws {
    let (session, board) = try boardSession(slice: .seconds(100))
    board.enter(.measure)
    session.joinMeetings()
    let meeting = session.meeting
    #expect(meeting.hasFollower)
    let follower = TestThread {
      var sequence: UInt64 = 0
      while true {
        if session.isRunning { continue }
        guard session.attends(sequence) else { return }
        if meeting.now == .announced { sequence += 1 }
      }
    }
    // Threads of a crowded machine may miss each other many times.
    var known: [Double] = []
    var number: UInt64 = 0
    while number < 5 || known.isEmpty, number < 1000 {
      #expect(session.isRunning)
      meeting.request()
      #expect(reached(.arrived, meeting))
      #expect(!session.isRunning && session.isUnderWay)
      #expect(meeting.lastMessage == number, "one message before each meeting")
      if let reading = meeting.lead() { known.append(reading) }
      #expect(meeting.now == .none)
      number += 1
    }
    board.enter(.drain)
    #expect(follower.join())
    #expect(!known.isEmpty)
    #expect(known.allSatisfy { $0 > 0 })
  }

  @Test func anAnswererComesOnceItHasAnswered() throws {
    let (session, board) = try boardSession(slice: .seconds(100))
    board.enter(.measure)
    session.joinMeetings()
    let meeting = session.meeting
    meeting.request(after: 7)
    session.attends(answered: 6)
    #expect(meeting.now == .announced, "not before the message that it was asked for")
    let answerer = TestThread { session.attends(answered: 7) }
    #expect(reached(.arrived, meeting))
    _ = meeting.lead()
    #expect(answerer.join())
    #expect(meeting.now == .none)
  }

  @Test func whoIsAloneGivesUp() throws {
    let (session, board) = try boardSession(slice: .milliseconds(8))
    board.enter(.measure)
    session.joinMeetings()
    let meeting = session.meeting
    #expect(meeting.lead() == nil, "nobody arrived")
    meeting.request()
    #expect(meeting.withdraw())
    #expect(meeting.now == .none)
    // A sender whose receiver never comes.
    meeting.request()
    #expect(session.attends(3))
    #expect(meeting.now == .announced)
    #expect(session.attends(4))
    #expect(meeting.now == .none, "it came, waited and went")
    #expect(session.isRunning)
    // And one whose receiver gives up meanwhile.
    meeting.request()
    #expect(session.attends(5))
    #expect(meeting.withdraw())
    #expect(session.attends(6))
    #expect(meeting.now == .none)
  }

  @Test func aLeaderWithoutItsFollowerGetsNoReading() throws {
    let (session, board) = try boardSession(slice: .milliseconds(8))
    board.enter(.measure)
    let meeting = session.meeting
    meeting.request(after: 1)
    #expect(meeting.move(.announced, to: .arrived))
    #expect(!meeting.withdraw(), "it is there")
    #expect(meeting.lead() == nil, "and was gone")
    #expect(meeting.now == .none)
  }

  @Test(arguments: [Phase.drain, .abort]) func theEndOfALaunchEndsMeetings(phase: Phase) throws {
    let (session, board) = try boardSession(slice: .seconds(400))
    board.enter(.measure)
    session.joinMeetings()
    session.meeting.request()
    #expect(session.attends(0))
    let follower = TestThread { _ = session.attends(1) }
    #expect(reached(.arrived, session.meeting))
    board.enter(phase)
    #expect(follower.join(), "its patience is a hundred seconds")
    #expect(!session.attends(2))
    session.attends(answered: 9)
  }

  @Test func othersGoOnMeanwhile() throws {
    let (session, board) = try boardSession(slice: .seconds(400))
    board.enter(.measure)
    session.meeting.request()
    #expect(!session.isRunning)
    #expect(session.attends(0), "not the one that is asked for")
    #expect(session.meeting.now == .asked)
  }

  /// A sender with a schedule is never kept from it.
  @Test func schedulesComeFirst() throws {
    let (session, board) = try boardSession(
      slice: .seconds(400), load: .open(Rate(perSecond: 1000)))
    board.enter(.measure)
    session.joinMeetings()
    let (meeting, clock) = (session.meeting, session.clock)
    let gap = meeting.ticks(WorkerSession.leastGap)
    meeting.request()
    let due = clock.ticks() &+ 1_000_000_000
    #expect(session.attends(0, due: due, following: due + gap - 1))
    #expect(meeting.now == .asked, "the gap after it is too short")
    #expect(session.attends(0, due: due, following: due + gap))
    #expect(meeting.now == .announced && meeting.lastMessage == 0)
    #expect(session.attends(1, due: clock.ticks() &+ 1000, following: due))
    #expect(meeting.now == .asked, "there is no time left to go")
    // It goes, finds nobody and is back before its message is due, ready for a later gap.
    #expect(session.attends(1, due: due, following: due + gap))
    let soon = clock.ticks() &+ 20_000_000
    #expect(session.attends(2, due: soon, following: due))
    #expect(meeting.now == .asked)
    // Late, on a machine that took its CPU away: it does not go.
    #expect(meeting.withdraw())
    meeting.request()
    #expect(session.attends(3, due: due, following: due + gap))
    #expect(session.attends(4, due: clock.ticks() &- 1, following: due))
    #expect(meeting.now == .asked)
  }
}
