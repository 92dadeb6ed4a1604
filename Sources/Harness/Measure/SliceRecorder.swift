// SPDX-License-Identifier: Apache-2.0
internal import Topology

/// Cuts the measured phase of a receiver into slices and counts what each received.
///
/// The receiver asks ``isDue(_:)`` after every message, which is one comparison, and calls
/// ``checkpoint(_:)`` when it is due; the distance between checkpoints adapts to the rate so that
/// the clock and the phase word are read about every 20 µs, not at every message.
public struct SliceRecorder {
  private let session: WorkerSession
  private let bytesPerMessage: Int
  private let sliceTicks: UInt64
  private let strideTicks: Double
  private var nextCheck: UInt64 = 1
  private var stride: UInt64 = 1
  private var lastTicks: UInt64
  private var lastCount: UInt64 = 0
  /// Set while a slice is open.
  private var sliceStart: (ticks: UInt64, count: UInt64, bytes: Int)?
  /// Payload bytes received since the beginning; only for messages of several sizes, whose receiver
  /// keeps it.
  public var receivedBytes: Int?
  public private(set) var slices: [LaunchRecord.Slice] = []
  public private(set) var cpus: Set<Int> = []

  /// Time between two looks at the clock.
  private static let strideNanoseconds = 20_000.0
  /// A stride grows at most this much at once, so that one fast burst does not blind the recorder.
  private static let largestGrowth: UInt64 = 4

  public init(session: WorkerSession, bytesPerMessage: Int) {
    self.session = session
    self.bytesPerMessage = bytesPerMessage
    let perTick = session.clock.nanosecondsPerTick
    sliceTicks = UInt64(Double(session.cell.slice.count) / perTick)
    strideTicks = Self.strideNanoseconds / perTick
    lastTicks = session.clock.ticks()
    slices.reserveCapacity(256)
  }

  /// Whether the receiver, having received `count` messages in all, should stop by.
  @inline(__always)
  public func isDue(_ count: UInt64) -> Bool { count >= nextCheck }

  /// Opens, closes or continues a slice.
  /// - Parameter count: messages received and verified since the beginning.
  public mutating func checkpoint(_ count: UInt64) {
    let now = session.clock.ticks()
    let elapsed = Double(max(now &- lastTicks, 1))
    let wanted = Double(count - lastCount) * strideTicks / elapsed
    stride = max(1, min(UInt64(wanted), stride * Self.largestGrowth))
    nextCheck = count + stride
    lastTicks = now
    lastCount = count
    guard session.phase == .measure else {
      close(now, count, partial: true)
      return
    }
    guard let start = sliceStart else {
      look()
      sliceStart = (now, count, receivedBytes ?? 0)
      return
    }
    if now &- start.ticks >= sliceTicks {
      close(now, count, partial: false)
      sliceStart = (now, count, receivedBytes ?? 0)
    }
  }

  /// Ends the recording after the last message.
  public mutating func finish(_ count: UInt64) {
    close(session.clock.ticks(), count, partial: true)
  }

  /// A partial slice counts only when it is long enough to say something, or is all there is.
  private mutating func close(_ now: UInt64, _ count: UInt64, partial: Bool) {
    guard let start = sliceStart else { return }
    sliceStart = nil
    let ticks = now &- start.ticks
    look()
    if partial, !slices.isEmpty, ticks < sliceTicks / 4 { return }
    let messages = Int(count - start.count)
    slices.append(
      LaunchRecord.Slice(
        duration: Nanoseconds(Int(session.clock.nanoseconds(ticks))), messages: messages,
        bytes: receivedBytes.map { $0 - start.bytes } ?? messages * bytesPerMessage))
  }

  private mutating func look() {
    if let seen = try? CurrentCPU.now() { cpus.insert(seen.cpu) }
  }
}
