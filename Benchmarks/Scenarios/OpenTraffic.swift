// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Harness
internal import SharedMemory

/// One way, on a schedule that nobody's slowness changes: who is late shows it, instead of sending less.
///
/// The intended start of a message follows from its number; its actual one lies on the board, since no
/// transport and no serializer has a place for it.
enum OpenTraffic {
  /// Starts every message at its time, or as soon after it as the one before has gone.
  static func send<Sender: MessageSender & ~Copyable>(
    _ sender: inout Sender, _ schedule: consuming ArrivalSchedule, _ session: WorkerSession
  ) throws -> WorkerReport {
    let (clock, origin) = (session.clock, session.origin)
    var schedule = schedule
    let cost = Self.cost(schedule, session)
    var (lags, ownLags) = (SenderRecorder(session: session), LatencyRecorder())
    var sequence: UInt64 = 0
    var (dropped, own, behind) = (0, UInt64(0), UInt64(0))
    session.joinMeetings()
    loop: while true {
      let due = origin &+ schedule.next()
      var now = clock.ticks()
      // Else the message before it has just gone, and held this one up.
      let waits = now < due
      while now < due {
        if !session.isRunning {
          var later = schedule
          let following = origin &+ later.next()
          guard session.attends(sequence, due: due, following: following) else { break loop }
        }
        weir_cpu_relax()
        now = clock.ticks()
      }
      let lag = clock.nanoseconds(now &- due)
      // Who is late has no time for anything else.
      guard session.isRunning || session.isUnderWay else {
        behind = lag
        break
      }
      // Read once the message has arrived, which orders it.
      session.stamp(sequence).storeRelaxed(now)
      // What the generator was late by itself stays its own until it has caught up.
      own = waits ? lag : min(own, lag)
      var result = try sender.send(sequence)
      while result == .refused {
        try StreamTraffic.giveUpIfAborted(session)
        result = try sender.send(sequence)
      }
      // Dropped or not, the number is used: it stands for a place in the schedule.
      sequence &+= 1
      if result == .dropped { dropped += 1 }
      // With the message on its way, since what belongs to a slice that has ended is put away here.
      lags.record(nanoseconds: lag)
      if session.phase == .measure { ownLags.record(nanoseconds: own) }
    }
    try sender.end(session)
    var report = WorkerReport()
    report.integrity.sent = Int(sequence) * session.cell.customers
    report.integrity.dropped = dropped * session.cell.customers
    report.senderSlices = lags.take()
    report.senderKind = .lag
    report.ownLag = ownLags.pairs().map(\.reported)
    report.generator = GeneratorRecord(
      costNanoseconds: cost, behind: Nanoseconds(Int(clamping: behind)))
    return report
  }

  /// Nanoseconds that a message takes beside being sent: the smallest mean of a few batches, because
  /// only interruptions can make one longer. Done in the lead of the first message.
  private static func cost(_ schedule: ArrivalSchedule, _ session: WorkerSession) -> Double {
    let (clock, batch) = (session.clock, UInt64(64))
    var (lags, ownLags) = (LatencyRecorder(), LatencyRecorder())
    var best = UInt64.max
    for _ in 0..<5 {
      var schedule = schedule
      let begin = clock.ticks()
      for sequence in 0..<batch {
        let now = clock.ticks()
        let lag = clock.nanoseconds(now &- min(now, schedule.next()))
        guard session.isRunning else { break }
        session.stamp(sequence).storeRelaxed(now)
        lags.record(nanoseconds: lag)
        ownLags.record(nanoseconds: lag)
      }
      best = min(best, clock.ticks() &- begin)
    }
    return Double(clock.nanoseconds(best)) / Double(batch)
  }

  /// Takes each message's time as soon as it is there, and looks into it afterwards.
  static func receive<Receiver: MessageReceiver & ~Copyable>(
    _ receiver: inout Receiver, _ schedule: consuming ArrivalSchedule, _ session: WorkerSession
  ) throws -> WorkerReport {
    let clock = session.clock
    var schedule = schedule
    var tally = SequenceTally()
    var recorder = SliceRecorder(
      session: session, bytesPerMessage: session.cell.size.bytes, encounter: .announced)
    recorder.response = LatencyRecorder()
    recorder.service = LatencyRecorder()
    let sizes = MessageSizes(session.trace)
    if sizes != nil { recorder.receivedBytes = 0 }
    var pace = Pace()
    loop: while true {
      let arrival = try receiver.receive(checked: false)
      let now = clock.ticks()
      switch arrival.kind {
      case .nothing: try StreamTraffic.giveUpIfAborted(session)
      case .ended: break loop
      case .message:
        let started = session.stamp(arrival.sequence).loadRelaxed()
        // Not before there is a message: a receiver may be here before the launch has begun.
        let begin = session.origin
        if let due = schedule.start(of: arrival.sequence) {
          let response = clock.nanoseconds(now &- min(begin &+ due, now))
          pace.note(response)
          if recorder.isOpen {
            recorder.response?.record(nanoseconds: response)
            recorder.service?.record(nanoseconds: clock.nanoseconds(now &- min(started, now)))
          }
        }
        tally.note(arrival.found(try receiver.verify()))
        receiver.release()
        if let sizes { recorder.receivedBytes? += sizes.byteCount(of: arrival.sequence) }
        if recorder.isDue(tally.received) {
          recorder.checkpoint(tally.received, next: tally.next, isLate: pace.isLate)
        }
      }
    }
    recorder.finish(tally.received)
    var report = WorkerReport()
    report.integrity = tally.integrity
    report.integrity.dropped = receiver.droppedCount
    recorder.testify(&report, side: .customer)
    return report
  }

  /// Whether messages take much longer than they do here: then there is a backlog.
  private struct Pace {
    /// The median response so far, in nanoseconds, within a few per cent; zero before the first message.
    private var median = 0.0
    private(set) var isLate = false

    /// By what share a message moves the median, however late it is: a backlog of a thousand messages
    /// does not become what is usual, and a rate that is never kept does in the end.
    private static let step = 1.0 / 1024
    private static let muchLonger = 8.0
    /// Nanoseconds that no receiver can be blamed for: a wake-up, a tick of the kernel.
    private static let bearable = 100_000.0

    mutating func note(_ response: UInt64) {
      let response = Double(response)
      if median == 0 { median = response }
      isLate = response > median * Self.muchLonger + Self.bearable
      median += (response > median ? median : -median) * Self.step
    }
  }
}
