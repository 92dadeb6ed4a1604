// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Foundation
internal import SharedMemory

/// The clock that stamps messages, the same in every process of a run.
///
/// The CPU's time stamp counter where it is invariant and the kernel itself trusts it across cores
/// (clock source `tsc`), else `CLOCK_MONOTONIC`. Reading it is ordered after every earlier load.
public struct MeasurementClock: Codable, Hashable, Sendable {
  public enum Source: String, Codable, Sendable {
    case timestampCounter = "tsc"
    case monotonic = "clock_monotonic"
  }

  public let source: Source
  /// Length of one tick; 1 for `CLOCK_MONOTONIC`.
  public let nanosecondsPerTick: Double
  private let readsCounter: Bool

  /// Chooses and calibrates the clock; takes about `calibration`.
  ///
  /// - Parameter calibration: how long to compare the counter with `CLOCK_MONOTONIC`: 50 ms bounds
  ///   the error of a tick's length to about one part per million.
  public static func calibrated(calibration: Nanoseconds = Nanoseconds(50_000_000))
    -> MeasurementClock
  {
    guard counterIsTrusted() else { return MeasurementClock(.monotonic, nanosecondsPerTick: 1) }
    let begin = closestPair()
    while MonotonicTime.nanoseconds() - begin.nanoseconds < calibration.count {
      pause(2_000_000)
    }
    let end = closestPair()
    let ticks = Double(end.ticks &- begin.ticks)
    return MeasurementClock(
      .timestampCounter, nanosecondsPerTick: Double(end.nanoseconds - begin.nanoseconds) / ticks)
  }

  init(_ source: Source, nanosecondsPerTick: Double) {
    self.source = source
    self.nanosecondsPerTick = nanosecondsPerTick
    readsCounter = source == .timestampCounter
  }

  /// The time now, in ticks.
  @inline(__always)
  public func ticks() -> UInt64 {
    readsCounter ? weir_timestamp_counter() : UInt64(MonotonicTime.nanoseconds())
  }

  /// A span of ticks in nanoseconds, to the nearest.
  public func nanoseconds(_ ticks: UInt64) -> UInt64 {
    UInt64((Double(ticks) * nanosecondsPerTick).rounded())
  }

  /// What one reading costs, in nanoseconds: the smallest mean of several batches, because only
  /// interruptions can make a batch longer (Chen and Revels, arXiv 1608.04295).
  public func readCostNanoseconds() -> Double {
    var best = Double.infinity
    for _ in 0..<21 {
      let count = 2000
      let begin = ticks()
      for _ in 0..<count { _ = ticks() }
      best = min(best, Double(ticks() - begin) / Double(count + 1))
    }
    return best * nanosecondsPerTick
  }

  private enum CodingKeys: String, CodingKey { case source, nanosecondsPerTick }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try values.decode(Source.self, forKey: .source),
      nanosecondsPerTick: try values.decode(Double.self, forKey: .nanosecondsPerTick))
  }

  /// Whether the counter runs at one rate, in every idle state, on all cores alike.
  private static func counterIsTrusted() -> Bool {
    #if arch(x86_64)
      let source = SystemFile.text(
        "/sys/devices/system/clocksource/clocksource0/current_clocksource")
      let flags = SystemFile.text("/proc/cpuinfo")?.split(separator: "\n").first {
        $0.hasPrefix("flags")
      }
      return source == "tsc"
        && flags?.contains("constant_tsc") == true && flags?.contains("nonstop_tsc") == true
    #else
      return false
    #endif
  }

  /// A reading of both clocks taken as close together as several tries allow.
  private static func closestPair() -> (ticks: UInt64, nanoseconds: Int64) {
    var best = (ticks: UInt64(0), nanoseconds: Int64(0))
    var width = UInt64.max
    for _ in 0..<64 {
      let before = weir_timestamp_counter()
      let nanoseconds = MonotonicTime.nanoseconds()
      let after = weir_timestamp_counter()
      if after - before < width {
        width = after - before
        best = (before + (after - before) / 2, nanoseconds)
      }
    }
    return best
  }

  private static func pause(_ nanoseconds: Int64) {
    var idle = DescriptorSet()
    idle.wait(timeoutNanoseconds: nanoseconds)
  }
}
