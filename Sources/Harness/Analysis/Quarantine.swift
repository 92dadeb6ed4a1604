// SPDX-License-Identifier: Apache-2.0

/// Why a slice does not count: something was done to its workers, whatever came of it.
///
/// Never a slice's own value: a rule that drops slow slices would make every store fast. Causes that are
/// part of a cell's own work are none: ends that share a core wait for each other, and an end that sleeps
/// gives its core away by itself.
enum Quarantine: String, CaseIterable {
  case steal
  case runDelay = "run delay"
  case involuntarySwitches = "involuntary switches"
  case migrations
  case majorFaults = "major faults"
  case memoryPressure = "memory pressure"

  /// Stolen time as a share of the slice. The kernel counts in ticks of 10 ms, so that one tick marks a
  /// slice of up to a second; less than a tick is not seen.
  static let mostSteal = 0.01
  /// Time without a CPU as a share of the slice, all workers together: with a core each, nothing but
  /// another task makes them wait.
  static let mostRunDelay = 0.02
  /// Each waking waits a moment for its own core to come out of its sleep; that is the price of parking
  /// and not noise.
  static let delayPerWaking = 5_000
  /// Per second, all workers together. The kernel's own threads take turns of some 20 µs with whoever has
  /// the core, one that samples memory use (DAMON) 200 times a second: slices with that many are as fast as
  /// others. What turns take is run delay; from here on they take about ``mostRunDelay`` of the time.
  static let mostInvoluntarySwitches = 1000.0
  /// Time in which tasks waited for memory as a share of the slice: the kernel was reclaiming, and who
  /// allocates or touches a page pays for it.
  static let mostMemoryPressure = 0.01

  /// The causes for which a slice does not count, such as `run delay 31 ms, migrations 2`.
  ///
  /// - Parameter hasOwnCores: whether each thread of the launch has a core to itself.
  /// - Returns: nil when it counts. What is unknown is no cause.
  static func causes(_ noise: Noise, in duration: Nanoseconds, hasOwnCores: Bool) -> String? {
    let found = allCases.compactMap { cause in
      cause.amount(noise, Double(duration.count), hasOwnCores).map { "\(cause.rawValue) \($0)" }
    }
    return found.isEmpty ? nil : found.joined(separator: ", ")
  }

  /// How much of the cause there was; nil when that is none.
  private func amount(_ noise: Noise, _ duration: Double, _ hasOwnCores: Bool) -> String? {
    switch self {
    case .steal: return Self.time(noise.steal, above: duration * Self.mostSteal)
    case .runDelay:
      guard hasOwnCores, let delay = noise.runDelay else { return nil }
      let wakings = (noise.voluntarySwitches ?? 0) * Self.delayPerWaking
      return Self.time(delay - wakings, above: duration * Self.mostRunDelay).map { _ in
        Self.text(delay)
      }
    case .involuntarySwitches:
      guard hasOwnCores, let count = noise.involuntarySwitches,
        Double(count) > Self.mostInvoluntarySwitches * duration / 1e9, count > 1
      else { return nil }
      return "\(count)"
    case .migrations: return noise.migrations.flatMap { $0 > 0 ? "\($0)" : nil }
    case .majorFaults: return noise.majorFaults.flatMap { $0 > 0 ? "\($0)" : nil }
    case .memoryPressure:
      return Self.time(noise.memoryPressure, above: duration * Self.mostMemoryPressure)
    }
  }

  private static func time(_ nanoseconds: Int?, above limit: Double) -> String? {
    guard let nanoseconds, Double(nanoseconds) > limit else { return nil }
    return text(nanoseconds)
  }

  private static func text(_ nanoseconds: Int) -> String {
    let unit = ColumnUnit(.time, for: [Double(nanoseconds)])
    return "\(unit.text(Double(nanoseconds))) \(unit.label ?? "ns")"
  }

  /// How many slices each cause holds back, by the texts of ``causes(_:in:hasOwnCores:)``; a slice with
  /// two causes counts for both.
  static func summary(_ texts: [String]) -> String {
    let counts = allCases.compactMap { cause in
      let count = texts.count { $0.contains(cause.rawValue) }
      return count == 0 ? nil : "\(count) \(cause.rawValue)"
    }
    return counts.joined(separator: ", ")
  }
}
