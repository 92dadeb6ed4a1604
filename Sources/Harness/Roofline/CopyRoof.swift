// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// How fast this core copies: one memcpy at a time, the same source and target again and again.
@safe
struct CopyRoof: ~Copyable {
  private let sizes: [Int]
  private let memory: UnsafeMutableRawPointer
  private let source: UnsafeMutableRawPointer
  private let target: UnsafeMutableRawPointer
  /// Copies are timed in batches of about this many bytes, so that the clock does not show.
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
  func measure(clock: MeasurementClock, for duration: Nanoseconds) -> [(Int, Double)] {
    sizes.map { ($0, rate($0, clock, Double(duration.count) / 2)) }
  }

  private func rate(_ size: Int, _ clock: MeasurementClock, _ limit: Double) -> Double {
    let copies = max(1, Self.batchByteCount / max(size, 1))
    var rates: [Double] = []
    var spent = 0.0
    while spent < limit || rates.count < Self.fewestBatches {
      let before = clock.ticks()
      for _ in 0..<copies { copy(size) }
      let nanoseconds = Double(clock.ticks() &- before) * clock.nanosecondsPerTick
      rates.append(Double(size * copies) / nanoseconds * 1e9)
      spent += nanoseconds
    }
    return Statistics.median(rates) ?? 0
  }

  /// Not inlined: the compiler must not see that the copies repeat.
  @inline(never)
  private func copy(_ size: Int) {
    unsafe memcpy(target, source, size)
  }
}
