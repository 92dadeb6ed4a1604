// SPDX-License-Identifier: Apache-2.0
internal import CRing
internal import SharedMemory

/// How many messages a second the plainest ring in C moves between the seats, at one size; see
/// `CRing.h`. Small messages cost their hand-over. Large ones show what a copy costs whose bytes another
/// core reads, which one core's memcpy does not pay.
@safe
struct PlainRing {
  let size: Int
  private let window: SharedBytes

  /// Bytes between two looks at the clock.
  private static let batchByteCount = 1 << 18
  /// Batches before the clock counts, at least.
  private static let warmupBatches = 8

  static func byteCount(size: Int) -> Int {
    (weir_ring_byte_count(size) + Segment.pageByteCount - 1) / Segment.pageByteCount
      * Segment.pageByteCount
  }

  /// A ring in zeroed memory at `offset`; both ends make one.
  init(size: Int, segment: Segment, offset: Int) {
    self.size = size
    window = segment.bytes(at: offset, count: Self.byteCount(size: size))
  }

  /// Sends for about `duration`; returns messages per second.
  func send(clock: MeasurementClock, for duration: Nanoseconds) -> Double {
    let source = [UInt8](repeating: 0x5A, count: size)
    let batch = UInt64(max(1, Self.batchByteCount / size))
    var end = weir_ring_end()
    return unsafe source.withUnsafeBytes { source in
      unsafe window.withMutableBytes { ring in
        for _ in 0..<Self.warmupBatches {
          unsafe weir_ring_send(ring, &end, source.baseAddress, size, batch)
        }
        let (first, begin) = (end.count, clock.ticks())
        var elapsed = 0.0
        repeat {
          unsafe weir_ring_send(ring, &end, source.baseAddress, size, batch)
          elapsed = Double(clock.ticks() &- begin) * clock.nanosecondsPerTick
        } while elapsed < Double(duration.count)
        let sent = end.count - first
        unsafe weir_ring_finish(ring, &end, size)
        return Double(sent) / elapsed * 1e9
      }
    }
  }

  /// Receives until the other end has had enough.
  func receive() {
    var end = weir_ring_end()
    unsafe window.withMutableBytes { unsafe weir_ring_receive($0, &end, size) }
  }
}
