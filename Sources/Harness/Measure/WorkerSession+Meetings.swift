// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Synchronization

// The follower's side of a meeting, called from the loops of senders where `isRunning` has said no:
//
//     session.joinMeetings()
//     while session.isRunning || session.attends(sequence) { send(sequence) }
extension WorkerSession {
  /// With a schedule, a meeting is announced for a gap of at least that: it takes 20 µs between
  /// neighbours, and a sleeping receiver some 50 µs to come.
  static let leastGap = Nanoseconds(90_000)
  /// What must be left of the gap once the message before it is sent.
  static let leastStay = Nanoseconds(40_000)
  /// The sender is back at its schedule that long before a message is due.
  static let margin = Nanoseconds(15_000)

  /// How long each end waits for the other: a quarter of a slice, since large messages take their
  /// time, but no great part of a short measurement, and no less than two milliseconds.
  var patience: Nanoseconds {
    let most = min(cell.slice.count / 4, cell.measure.count / 10)
    return max(.milliseconds(2), Nanoseconds(most))
  }

  /// Called by a sender before its loop, and by an end that answers: it will come to meetings.
  public func joinMeetings() {
    if meeting.claimFollow() { isFollower.store(true, ordering: .relaxed) }
  }

  private var follows: Bool { isFollower.load(ordering: .relaxed) }

  /// Sees to what kept a sender from going on.
  ///
  /// - Parameter last: number of the message that the sender will send next, or of the last of those
  ///   that it will send together.
  /// - Returns: whether the sender goes on; false when the launch is over.
  @inline(never)
  public func attends(_ last: UInt64) -> Bool {
    guard isUnderWay else { return false }
    guard follows else { return true }
    switch meeting.now {
    case .asked: meeting.announce(last)
    case .announced: meeting.follow(patience: patience)
    case .none, .arrived, .begun: break
    }
    return isUnderWay
  }

  /// The same for a sender with a schedule, between two messages: it is back in time, or does not go.
  ///
  /// - Parameters:
  ///   - last: number of the message that is sent next.
  ///   - due: when, in ticks.
  ///   - following: when the one after it is due.
  @inline(never)
  public func attends(_ last: UInt64, due: UInt64, following: UInt64) -> Bool {
    guard isUnderWay else { return false }
    guard follows else { return true }
    switch meeting.now {
    case .asked:
      if hasTime(Self.leastGap, between: due, and: following) { meeting.announce(last) }
    case .announced:
      if hasTime(Self.leastStay, between: clock.ticks(), and: due) {
        meeting.follow(patience: patience, deadline: due &- meeting.ticks(Self.margin))
      } else {
        _ = meeting.move(.announced, to: .asked)
      }
    case .none, .arrived, .begun: break
    }
    return isUnderWay
  }

  private func hasTime(_ least: Nanoseconds, between now: UInt64, and due: UInt64) -> Bool {
    due > now && due - now >= meeting.ticks(least)
  }

  /// The same for an end that answers, which has answered message `number`.
  @inline(never)
  public func attends(answered number: UInt64) {
    guard follows, isUnderWay, meeting.now == .announced, number >= meeting.lastMessage else {
      return
    }
    meeting.follow(patience: patience)
  }
}
