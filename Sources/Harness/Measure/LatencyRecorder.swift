// SPDX-License-Identifier: Apache-2.0

/// Collects latencies in a worker, in a few nanoseconds each and without allocating.
///
/// High dynamic range histogram: three significant digits from 1 ns to an hour (G. Tene,
/// HdrHistogram), with the same buckets as the library that reads it again. Here because a slice's
/// latencies are taken out between two slices: that must cost what was recorded, not what could have
/// been.
public struct LatencyRecorder: Sendable {
  private var counts: [UInt64]
  /// The highest place with a count; -1 for none.
  private var highest = -1

  private static let highestNanoseconds: UInt64 = 3_600_000_000_000
  /// Places of one power of two: 1024 keep three digits.
  private static let half: UInt64 = 1024

  public init() {
    counts = Array(repeating: 0, count: Self.place(of: Self.highestNanoseconds) + 1)
  }

  /// Counts one latency; values above an hour count as an hour.
  @inline(__always)
  public mutating func record(nanoseconds: UInt64) {
    let place = Self.place(of: min(nanoseconds, Self.highestNanoseconds))
    counts[place] &+= 1
    highest = max(highest, place)
  }

  /// Everything recorded, in ascending order, with the values that stand for their buckets.
  public func pairs() -> [LatencyHistogram.Pair] {
    guard highest >= 0 else { return [] }
    return (0...highest).compactMap { place in
      counts[place] == 0
        ? nil : .init(nanoseconds: Self.value(at: place), count: counts[place])
    }
  }

  /// Everything recorded, and begins anew.
  public mutating func take() -> [LatencyHistogram.Pair] {
    let taken = pairs()
    for place in 0..<(highest + 1) { counts[place] = 0 }
    highest = -1
    return taken
  }

  /// Places 0 to 2047 hold their own values; each power of two after that has 1024.
  @inline(__always)
  private static func place(of value: UInt64) -> Int {
    let shift = 53 - (value | (2 * half - 1)).leadingZeroBitCount
    return Int(
      truncatingIfNeeded: UInt64(truncatingIfNeeded: shift) &* half &+ value >> UInt64(shift))
  }

  /// The highest value of a place.
  private static func value(at place: Int) -> UInt64 {
    let place = UInt64(place)
    guard place >= 2 * half else { return place }
    let shift = place / half - 1
    return (place - shift * half + 1) << shift - 1
  }
}
