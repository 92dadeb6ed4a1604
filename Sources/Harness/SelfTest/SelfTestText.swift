// SPDX-License-Identifier: Apache-2.0

/// How a self-test writes its figures.
enum SelfTestText {
  /// Four digits: what is compared agrees in three.
  static func time(_ nanoseconds: Double) -> String {
    let units: [(Double, String)] = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")]
    let unit = units.first { nanoseconds >= $0.0 } ?? (1, "ns")
    return "\(Figures.text(nanoseconds / unit.0, digits: 4)) \(unit.1)"
  }

  static func signed(_ value: Double) -> String {
    (value < 0 ? "-" : "+") + Figures.text(abs(value))
  }

  static func share(_ value: Double) -> String { "\(Figures.text(value * 100)) %" }
}
