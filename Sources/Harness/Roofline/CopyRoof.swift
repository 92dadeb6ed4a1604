// SPDX-License-Identifier: Apache-2.0
internal import CRing
internal import Glibc

/// How fast this core copies, reads and writes: one pass at a time, over the same bytes again and
/// again.
@safe
struct CopyRoof: ~Copyable {
  private let sizes: [Int]
  private let memory: UnsafeMutableRawPointer
  private let source: UnsafeMutableRawPointer
  private let target: UnsafeMutableRawPointer
  /// One pass over a size.
  enum Pass: CaseIterable {
    case copy, read, write

    var limit: WorkerReport.LimitName {
      switch self {
      case .copy: .memcpy
      case .read: .read
      case .write: .write
      }
    }
  }

  /// Passes are timed in batches of about this many bytes, so that the clock does not show.
  private static let batchByteCount = 1 << 20
  private static let fewestBatches = 5

  /// Takes and touches memory for the largest size.
  init(sizes: [Int]) {
    self.sizes = sizes.sorted()
    let largest = max(self.sizes.last ?? 0, 64)
    unsafe memory = .allocate(byteCount: 2 * largest + 8192, alignment: 4096)
    unsafe memset(memory, 1, 2 * largest + 8192)
    unsafe source = unsafe memory
    // Not at the same offset in a page: loads would wait for stores that merely look alike.
    unsafe target = memory + (largest + 4095) / 4096 * 4096 + 1088
  }

  deinit { unsafe memory.deallocate() }

  /// The median rate of each size in bytes per second.
  func measure(
    _ pass: Pass, clock: MeasurementClock, for duration: Nanoseconds
  ) -> [(Int, Double)] {
    sizes.map { ($0, rate(pass, $0, clock, Double(duration.count) / 2)) }
  }

  private func rate(
    _ pass: Pass, _ size: Int, _ clock: MeasurementClock, _ limit: Double
  ) -> Double {
    let passes = max(1, Self.batchByteCount / max(size, 1))
    var rates: [Double] = []
    var spent = 0.0
    while spent < limit || rates.count < Self.fewestBatches {
      let before = clock.ticks()
      for _ in 0..<passes { run(pass, size) }
      let nanoseconds = Double(clock.ticks() &- before) * clock.nanosecondsPerTick
      rates.append(Double(size * passes) / nanoseconds * 1e9)
      spent += nanoseconds
    }
    return Statistics.median(rates) ?? 0
  }

  /// Not inlined: the compiler must not see that the passes repeat.
  @inline(never)
  private func run(_ pass: Pass, _ size: Int) {
    switch pass {
    case .copy: unsafe memcpy(target, source, size)
    case .read: _ = unsafe weir_roof_read(source, size)
    case .write: unsafe memset(target, 1, size)
    }
  }
}
