// SPDX-License-Identifier: Apache-2.0
//
// Ends that make themselves slower by a known share, to see whether a gate notices. They wrap the real
// ends: the loops of launches that are not slowed do not know of them.
internal import CLinux
internal import Harness

/// Idles for a share of the time that an end took.
///
/// By counting, not by the clock: a reading of that weighs more than a share of a small message.
struct Brake {
  let clock: MeasurementClock
  private let share: Double
  private let roundsPerTick: Double
  /// Ticks that one reading of the clock takes.
  let reading: UInt64

  /// Nil for a launch that is not slowed.
  init?(_ session: WorkerSession) {
    self.init(session.clock, percent: session.assignment.slowdownPercent)
  }

  init?(_ clock: MeasurementClock, percent: Double) {
    guard percent > 0 else { return nil }
    self.clock = clock
    share = percent / 100
    roundsPerTick = Self.roundsPerTick(clock)
    reading = UInt64((clock.readCostNanoseconds() / clock.nanosecondsPerTick).rounded())
  }

  func pull(for ticks: Double) { weir_idle(UInt64(ticks * share * roundsPerTick)) }

  /// The most in several batches: only interruptions can make one longer.
  private static func roundsPerTick(_ clock: MeasurementClock) -> Double {
    let rounds: UInt64 = 20_000
    var best = UInt64.max
    for _ in 0..<21 {
      let begin = clock.ticks()
      weir_idle(rounds)
      best = min(best, clock.ticks() &- begin)
    }
    return Double(rounds) / Double(max(best, 1))
  }
}

/// Slows a stream down, by a pause for many messages. Both ends do, each in its own time.
struct StreamBrake {
  private let brake: Brake
  private let enough: UInt64
  private var stride = StreamBrake.shortest
  private var count = 0
  private var begun: UInt64 = 0

  /// Messages from one pause to the next. A pause must be short beside what a ring holds, or the ends
  /// would wait for each other's.
  private static let shortest = 32
  private static let longest = 256
  /// Readings of the clock beside which two more do not count.
  private static let muchLonger: UInt64 = 200

  init(_ brake: Brake) {
    self.brake = brake
    enough = brake.reading * Self.muchLonger
  }

  @inline(__always)
  mutating func passed() {
    count += 1
    if count >= stride { pause() }
  }

  private mutating func pause() {
    count = 0
    let taken = brake.clock.ticks() &- begun
    // The first stretch began with no message.
    if begun != 0 {
      if taken < enough, stride < Self.longest { stride *= 2 }
      brake.pull(for: Double(taken))
    }
    begun = brake.clock.ticks()
  }
}

/// Slows round trips down, each by the share of what most of them take; few of them are timed.
struct TripBrake {
  private let brake: Brake
  /// Of a trip, in ticks; zero before the first.
  private var median = 0.0
  private var count = 0
  private var begun: UInt64 = 0

  /// Trips from one that is timed, and not slowed, to the next.
  private static let stride = 64
  /// What a trip that is longer or shorter than the median moves it by: a share of it, however far off
  /// the trip is, so that an interruption does no more than any other.
  private static let step = 1.0 / 64

  init(_ brake: Brake) { self.brake = brake }

  /// Before a question.
  @inline(__always)
  mutating func depart() {
    count &+= 1
    if count % Self.stride == 1 { begun = brake.clock.ticks() }
  }

  /// After its answer.
  @inline(__always)
  mutating func arrive() {
    guard begun != 0 else { return brake.pull(for: median) }
    let taken = brake.clock.ticks() &- begun
    begun = 0
    let sample = Double(taken - min(taken, brake.reading))
    if median == 0 { median = sample }
    median += (sample > median ? median : -median) * Self.step
  }
}

/// A sender whose cycle takes a share longer.
struct BrakedSender<Sender: MessageSender & ~Copyable>: ~Copyable, MessageSender {
  private var sender: Sender
  private var brake: StreamBrake

  init(_ sender: consuming Sender, _ brake: Brake) {
    self.sender = sender
    self.brake = StreamBrake(brake)
  }

  mutating func send(_ sequence: UInt64) throws -> Dispatch {
    let result = try sender.send(sequence)
    brake.passed()
    return result
  }

  mutating func sendBatch(_ sequence: UInt64, _ count: Int) throws -> Int {
    let sent = try sender.sendBatch(sequence, count)
    brake.passed()
    return sent
  }

  mutating func drain() -> Bool { sender.drain() }
  mutating func finish() throws { try sender.finish() }
}

/// A receiver of a stream whose cycle takes a share longer.
struct BrakedReceiver<Receiver: MessageReceiver & ~Copyable>: ~Copyable, MessageReceiver {
  private var receiver: Receiver
  private var brake: StreamBrake

  init(_ receiver: consuming Receiver, _ brake: Brake) {
    self.receiver = receiver
    self.brake = StreamBrake(brake)
  }

  mutating func receive(checked: Bool) throws -> Arrival { try receiver.receive(checked: checked) }

  mutating func receiveBatch(_ tally: inout SequenceTally) throws -> Arrival.Kind {
    let kind = try receiver.receiveBatch(&tally)
    brake.passed()
    return kind
  }

  mutating func verify() throws -> Fault { try receiver.verify() }
  mutating func release() { receiver.release() }
  var droppedCount: Int { receiver.droppedCount }
}

/// A receiver of answers that come a share later than they do.
struct DelayedReceiver<Receiver: MessageReceiver & ~Copyable>: ~Copyable, MessageReceiver {
  private var receiver: Receiver
  private var brake: TripBrake

  init(_ receiver: consuming Receiver, _ brake: Brake) {
    self.receiver = receiver
    self.brake = TripBrake(brake)
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    let arrival = try receiver.receive(checked: checked)
    if arrival.kind == .message { brake.arrive() }
    return arrival
  }

  mutating func verify() throws -> Fault { try receiver.verify() }

  mutating func release() {
    receiver.release()
    brake.depart()
  }

  var droppedCount: Int { receiver.droppedCount }
}
