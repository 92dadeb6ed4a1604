// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// An axis: where a value lies between 0 and 1, and which values are named.
struct ChartScale {
  enum Kind { case linear, logarithmic }

  let low: Double
  let high: Double
  let kind: Kind

  /// - Returns: nil when no value is positive. Both ends get some air.
  init?(logarithmic values: [Double]) {
    let positive = values.filter { $0 > 0 && $0.isFinite }
    guard let least = positive.min(), let most = positive.max() else { return nil }
    // A single value, or nearly, still needs a span.
    let air = max(pow(most / least, 0.06), 1.12)
    (low, high, kind) = (least / air, most * air, .logarithmic)
  }

  /// From nothing to a little more than the largest value.
  init(fromZero values: [Double]) {
    let most = values.filter(\.isFinite).max() ?? 0
    (low, high, kind) = (0, most > 0 ? most * 1.06 : 1, .linear)
  }

  init(linear range: ClosedRange<Double>) {
    (low, high, kind) = (range.lowerBound, max(range.upperBound, range.lowerBound + 1e-9), .linear)
  }

  func position(_ value: Double) -> Double {
    switch kind {
    case .linear: (value - low) / (high - low)
    case .logarithmic: log(max(value, low) / low) / log(high / low)
    }
  }

  /// Round values within the scale, about as many as asked for.
  func ticks(_ wanted: Int = 4) -> [Double] {
    switch kind {
    case .linear: linearTicks(wanted)
    case .logarithmic: logarithmicTicks(wanted)
    }
  }

  private func linearTicks(_ wanted: Int) -> [Double] {
    let rough = (high - low) / Double(max(1, wanted))
    let power = pow(10, log10(rough).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? rough
    let first = (low / step).rounded(.up)
    let count = Int(((high - first * step) / step).rounded(.down))
    return count < 0 ? [] : (0...count).map { (first + Double($0)) * step }
  }

  private func logarithmicTicks(_ wanted: Int) -> [Double] {
    let decades = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    var ticks: [Double] = []
    for steps in [[1.0], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]] {
      ticks = decades.flatMap { decade in steps.map { $0 * pow(10, Double(decade)) } }
        .filter { $0 >= low && $0 <= high }
      if ticks.count >= wanted { break }
    }
    let stride = (ticks.count + 2 * wanted - 1) / max(1, 2 * wanted)
    return ticks.enumerated().filter { $0.offset % max(1, stride) == 0 }.map(\.element)
  }
}
