// SPDX-License-Identifier: Apache-2.0
//
// Between two slices the threads that do a cell's work exchange a cache line some hundred times, which
// tells how far apart their CPUs are at that moment. One leads: it records the slices. The other
// follows: it sends, or answers. Neither may be made to wait for what does not come:
//
//     none ──leader──► asked ──follower──► announced ──follower──► arrived ──leader──► begun ──► none
//
// The follower looks at the word after every message anyhow, together with the phase. Before it stops
// it names the last message that it will send, and sends it: a leader that sleeps is woken by that, and
// knows from its number that no other will come. Where the leader sends too, as in a ping-pong, it names
// the message itself. Whoever has waited for its limit takes its request back, by compare and exchange;
// the slice then has no fingerprint.
internal import SharedMemory

struct SliceMeeting: Sendable {
  enum State: UInt32 {
    case none = 0
    case asked, announced, arrived, begun
  }

  let state: SharedUInt32
  let phase: SharedUInt32
  let last: SharedUInt64
  let leaders: SharedUInt32
  let followers: SharedUInt32
  let ask: SharedUInt32
  let answer: SharedUInt32
  let clock: MeasurementClock

  /// A median of this many half round trips varies by a few per cent; 20 µs between neighbours.
  static let rounds = 128
  /// Fewer are no reading: the first of them still bring the lines over.
  static let fewestRounds = 32
  /// Once both are there only a preempted end takes that long.
  static let exchangeLimit = Nanoseconds.milliseconds(2)
  /// An end polls the other's line this often before it looks at the clock, which would keep it from
  /// seeing the line change.
  private static let pollsPerLook = 256
  /// Marks the line that ends a meeting.
  private static let lastMark: UInt32 = 1 << 31

  /// What goes on; a damaged word is nothing.
  var now: State { State(rawValue: state.loadAcquire()) ?? .none }

  /// Takes the part of the leader, or of the follower; only the first of each has it.
  func claimLead() -> Bool { leaders.add(1) == 1 }
  func claimFollow() -> Bool { followers.add(1) == 1 }

  /// Whether there is anybody to meet.
  var hasFollower: Bool { followers.loadAcquire() > 0 }

  func ticks(_ duration: Nanoseconds) -> UInt64 {
    UInt64(Double(duration.count) / clock.nanosecondsPerTick)
  }

  func move(_ from: State, to next: State) -> Bool {
    state.compareExchange(expected: from.rawValue, desired: next.rawValue)
  }

  // MARK: Leader

  /// Asks the follower to come; it says after which message.
  func request() { _ = move(.none, to: .asked) }

  /// Asks the follower to come once it has answered message `number`.
  func request(after number: UInt64) {
    last.storeRelease(number)
    _ = move(.none, to: .announced)
  }

  /// The message after which the follower comes.
  var lastMessage: UInt64 { last.loadAcquire() }

  /// Takes a request back; false when the follower has arrived meanwhile.
  func withdraw() -> Bool {
    while true {
      switch now {
      case .none, .begun: return true
      case .arrived: return false
      case .asked: if move(.asked, to: .none) { return true }
      case .announced: if move(.announced, to: .none) { return true }
      }
    }
  }

  /// Exchanges lines with the follower that has arrived.
  /// - Returns: the median half round trip in nanoseconds; nil when the follower was gone before there
  ///   were enough.
  func lead() -> Double? {
    guard move(.arrived, to: .begun) else { return nil }
    let limit = ticks(Self.exchangeLimit)
    let begin = clock.ticks()
    var readings: [UInt64] = []
    readings.reserveCapacity(Self.rounds)
    var round = ask.loadRelaxed() & ~Self.lastMark
    var after = begin
    while readings.count < Self.rounds, after &- begin < limit {
      round = (round &+ 1) & ~Self.lastMark
      let before = clock.ticks()
      // Release: pairs with the acquire in follow.
      ask.storeRelease(round)
      guard polled(answer, is: round, until: before &+ limit) else { break }
      after = clock.ticks()
      readings.append(after &- before)
    }
    ask.storeRelease((round &+ 1) | Self.lastMark)
    _ = move(.begun, to: .none)
    guard readings.count >= Self.fewestRounds else { return nil }
    readings.sort()
    return Double((clock.nanoseconds(readings[readings.count / 2]) + 1) / 2)
  }

  /// - Returns: false when the time is over, or the follower has left.
  private func polled(_ word: SharedUInt32, is value: UInt32, until deadline: UInt64) -> Bool {
    while true {
      for _ in 0..<Self.pollsPerLook {
        let got = word.loadAcquire()
        if got == value { return true }
        if got & Self.lastMark != 0 { return false }
      }
      if clock.ticks() &- deadline < UInt64.max / 2 { return false }
    }
  }

  // MARK: Follower

  /// Says that `number` is the last message before the meeting.
  func announce(_ number: UInt64) {
    last.storeRelease(number)
    // The exchange is a release too: who sees it sees the number.
    _ = move(.asked, to: .announced)
  }

  /// Arrives, and answers until the leader has had enough.
  ///
  /// - Parameters:
  ///   - patience: how long to wait for the leader.
  ///   - deadline: when to be gone whatever happens, in ticks; nil where nothing is due.
  func follow(patience: Nanoseconds, deadline: UInt64? = nil) {
    var seen = ask.loadAcquire()
    answer.storeRelaxed(0)
    guard move(.announced, to: .arrived) else { return }
    var until = deadline ?? clock.ticks() &+ ticks(patience)
    var hasBegun = false
    while true {
      guard let got = change(of: ask, from: seen, until: until) else {
        // Too late for this message; with a schedule there may be time after a later one.
        if !move(.arrived, to: deadline == nil ? .none : .asked) {
          // The leader has begun and need not wait for more.
          answer.storeRelease(Self.lastMark)
        }
        return
      }
      if got & Self.lastMark != 0 { return }
      answer.storeRelease(got)
      seen = got
      if !hasBegun {
        hasBegun = true
        if deadline == nil { until = clock.ticks() &+ 2 * ticks(Self.exchangeLimit) }
      }
    }
  }

  /// The new value of a word; nil when it stays what it is, or the phase has come in which nobody meets.
  private func change(of word: SharedUInt32, from old: UInt32, until deadline: UInt64) -> UInt32? {
    while true {
      for _ in 0..<Self.pollsPerLook {
        let got = word.loadAcquire()
        if got != old { return got }
      }
      if clock.ticks() &- deadline < UInt64.max / 2 || !isUnderWay { return nil }
    }
  }

  /// Whether the launch goes on.
  var isUnderWay: Bool { Phase.isUnderWay(phase.loadAcquire()) }
}

extension Phase {
  /// Whether senders send in a phase, by its number on the board.
  @inline(__always)
  static func isUnderWay(_ number: UInt32) -> Bool {
    number &- warmup.rawValue <= cooldown.rawValue - warmup.rawValue
  }
}
