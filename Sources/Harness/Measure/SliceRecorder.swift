// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Topology

/// Cuts the measured phase of a receiver into slices and counts what each received.
///
/// The receiver asks ``isDue(_:)`` after every message, which is one comparison, and calls
/// ``checkpoint(_:next:)`` when it is due; the distance between checkpoints adapts to the rate so that
/// the clock and the phase word are read about every 20 µs, not at every message.
///
/// The first recorder of a launch leads: between two slices it reads what the kernel counted, meets the
/// sender for a fingerprint, and lets some time pass in which caches and queues fill again. Other
/// recorders open and close their slices with it.
public struct SliceRecorder {
  /// How the leader and the other end of a cell come together.
  public enum Encounter: Sendable {
    /// They do not.
    case none
    /// The sender says after which message it comes.
    case announced
    /// The receiver also sends, and says after which of its messages the other comes.
    case asked
  }

  let session: WorkerSession
  let bytesPerMessage: Int
  let encounter: Encounter
  let isLeader: Bool
  let times: Times
  private var nextCheck: UInt64 = 1
  private var stride: UInt64 = 1
  private var lastTicks: UInt64
  private var lastCount: UInt64 = 0
  var stage = Stage.idle
  var log = SliceLog()
  var ledger: NoiseLedger?
  /// What the last meeting read; nil when it did not come about.
  var lastReading: Double?
  /// The last reading of the ledger: the beginning of the next slice's noise.
  var lastNoise: Noise?
  var failures = 0
  public internal(set) var cpus: Set<Int> = []
  /// What the slices' latencies are counted in; nil where there is nothing to count.
  public var latency: LatencyRecorder?
  public var response: LatencyRecorder?
  public var service: LatencyRecorder?
  /// Payload bytes received since the beginning; only for messages of several sizes, whose receiver
  /// keeps it.
  public var receivedBytes: Int?

  /// Time between two looks at the clock.
  private static let strideNanoseconds = 20_000.0
  /// A stride grows at most this much at once, so that one fast burst does not blind the recorder.
  private static let largestGrowth: UInt64 = 4
  /// The first milliseconds after a meeting: queues that ran full or empty, and caches that the reading
  /// of counters took, are as before after a fraction of that.
  public static let settling = Nanoseconds.milliseconds(2)

  /// What comes to pass between checkpoints.
  enum Stage {
    /// The measured phase has not begun.
    case idle
    case meeting(until: UInt64)
    case settling(until: UInt64)
    case open(Opening)
    /// Nothing more is recorded.
    case done
  }

  /// Where a slice began.
  struct Opening {
    var ticks: UInt64
    var count: UInt64
    var bytes: Int
    var number: UInt32
    var noise: Noise?
  }

  /// Durations in ticks.
  struct Times {
    let slice: UInt64
    let settling: UInt64
    let patience: UInt64
    let stride: Double
  }

  /// What is discarded after a meeting in a cell: less where slices or measurements are short.
  public static func settling(_ cell: Cell) -> Nanoseconds {
    min(settling, Nanoseconds(min(cell.slice.count, cell.measure.count) / 10))
  }

  public init(session: WorkerSession, bytesPerMessage: Int, encounter: Encounter = .none) {
    self.session = session
    self.bytesPerMessage = bytesPerMessage
    let perTick = session.clock.nanosecondsPerTick
    func ticks(_ duration: Nanoseconds) -> UInt64 { UInt64(Double(duration.count) / perTick) }
    times = Times(
      slice: ticks(session.cell.slice), settling: ticks(Self.settling(session.cell)),
      patience: ticks(session.patience), stride: Self.strideNanoseconds / perTick)
    isLeader = session.meeting.claimLead()
    let seating = session.assignment.seating
    // Ends that share a CPU are as near as can be, and would not meet.
    self.encounter =
      isLeader && seating.producer.cpuset.isDisjoint(with: seating.customer.cpuset)
      ? encounter : .none
    lastTicks = session.clock.ticks()
  }

  /// Whether the receiver, having received `count` messages in all, should stop by.
  @inline(__always)
  public func isDue(_ count: UInt64) -> Bool { count >= nextCheck }

  /// Whether what is received now belongs to a slice.
  @inline(__always)
  public var isOpen: Bool {
    if case .open = stage { true } else { false }
  }

  /// The slices so far, without those of other recorders.
  public var slices: [LaunchRecord.Slice] { log.slices }

  /// Opens, closes or continues a slice.
  /// - Parameters:
  ///   - count: messages received and verified since the beginning.
  ///   - next: number of the message that is to come next; where none is lost, that is `count`.
  ///   - isLate: whether an open load is behind its schedule. A slice then stays open until it has caught
  ///   up: what waited longest would be in no slice otherwise, a coordinated omission of our own.
  public mutating func checkpoint(_ count: UInt64, next: UInt64? = nil, isLate: Bool = false) {
    let now = session.clock.ticks()
    let elapsed = Double(max(now &- lastTicks, 1))
    let wanted = Double(count - lastCount) * times.stride / elapsed
    stride = max(1, min(UInt64(wanted), stride * Self.largestGrowth))
    lastTicks = now
    lastCount = count
    switch session.phase {
    case .measure: measure(now, count, next ?? count, isLate)
    case .cooldown: coolDown(now, count, next ?? count, isLate)
    case .prepare, .warmup: break
    case .drain, .abort: end(now, count)
    }
    // The sender may be there after any message.
    if case .meeting = stage { stride = 1 }
    nextCheck = count + stride
  }

  /// Ends the recording after the last message.
  public mutating func finish(_ count: UInt64) {
    end(session.clock.ticks(), count)
  }

  /// Adds everything recorded to a worker's report.
  public func testify(_ report: inout WorkerReport, side: WorkerSide) {
    report.note(cpus, side: side)
    if isLeader {
      report.slices = log.slices
      report.sliceNumbers = log.numbers
    } else {
      report.shares = zip(log.slices, log.numbers).map { slice, number in
        .init(
          number: number, messages: slice.messages, bytes: slice.bytes,
          latencies: slice.latencies)
      }
    }
    report.latency = log.rest.latency.map(\.reported)
    report.response = log.rest.response.map(\.reported)
    report.service = log.rest.service.map(\.reported)
  }
}
