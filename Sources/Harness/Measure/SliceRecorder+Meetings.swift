// SPDX-License-Identifier: Apache-2.0
internal import CLinux

// The leader's side of the time between two slices.
extension SliceRecorder {
  /// After that many meetings in a row that did not come about, none is asked for.
  static let mostFailures = 3

  var mayMeet: Bool {
    encounter != .none && failures < Self.mostFailures && session.meeting.hasFollower
  }

  /// Asks for a meeting, or goes on without.
  mutating func pause(_ now: UInt64, _ next: UInt64) {
    guard mayMeet else {
      lastReading = nil
      settle()
      return
    }
    switch encounter {
    case .announced: session.meeting.request()
    case .asked: session.meeting.request(after: next)
    case .none: break
    }
    stage = .meeting(until: session.clock.ticks() &+ times.patience)
  }

  private mutating func settle() {
    stage = .settling(until: session.clock.ticks() &+ times.settling)
  }

  /// Meets the other end if it is there, or will be before another message.
  mutating func attend(_ now: UInt64, _ until: UInt64, _ next: UInt64) {
    let meeting = session.meeting
    var now = now
    while true {
      switch meeting.now {
      case .arrived: return met(meeting.lead())
      case .announced where next > meeting.lastMessage && now < until:
        weir_cpu_relax()
        now = session.clock.ticks()
      case .none: return met(nil)
      case .asked, .announced, .begun:
        if now < until { return }
        return met(meeting.withdraw() ? nil : meeting.lead())
      }
    }
  }

  private mutating func met(_ reading: Double?) {
    failures = reading == nil ? failures + 1 : 0
    if let before = lastReading, let after = reading {
      log.note(SliceLink(before: before, after: after))
    }
    lastReading = reading
    // What meeting took is in no slice.
    lastNoise = ledger?.reading()
    // One that did not come about disturbed nothing, and the load may be behind by what kept it away.
    if reading == nil { stage = .settling(until: session.clock.ticks()) } else { settle() }
  }
}
