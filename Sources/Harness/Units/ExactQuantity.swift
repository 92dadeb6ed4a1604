// SPDX-License-Identifier: Apache-2.0

/// A number with a unit, read without rounding: `1.5ms` is 1 500 000 ns or it is refused.
///
/// Sizes, durations and rates share this reader; each adds its own remedy.
struct ExactQuantity: Equatable {
  let value: Int

  enum Problem: Error, Equatable {
    case notANumber
    case negative
    case unknownUnit(String)
    case inexact
    case tooLarge
  }

  /// A unit and how many base units it stands for.
  struct Unit {
    let suffix: String
    let scale: Int

    init(_ suffix: String, _ scale: Int) {
      self.suffix = suffix
      self.scale = scale
    }
  }

  init(_ text: String, units: [Unit]) throws(Problem) {
    if text.hasPrefix("-") { throw .negative }
    let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
    let suffix = String(text.dropFirst(number.count))
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
      throw .notANumber
    }
    guard let unit = units.first(where: { $0.suffix == suffix }) else {
      throw .unknownUnit(suffix)
    }
    guard let whole = Int(parts[0]) else { throw .tooLarge }
    let scaled = whole.multipliedReportingOverflow(by: unit.scale)
    let fraction = parts.count == 2 ? try Self.fraction(parts[1], of: unit.scale) : 0
    let sum = scaled.partialValue.addingReportingOverflow(fraction)
    if scaled.overflow || sum.overflow { throw .tooLarge }
    value = sum.partialValue
  }

  private static func fraction(_ digits: Substring, of scale: Int) throws(Problem) -> Int {
    // Nine digits are enough for one nanosecond in a second; more could not be exact anyway.
    guard digits.count <= 9, let numerator = Int(digits) else { throw .inexact }
    let denominator = digits.reduce(1) { power, _ in power * 10 }
    let product = numerator.multipliedReportingOverflow(by: scale)
    if product.overflow { throw .tooLarge }
    guard product.partialValue % denominator == 0 else { throw .inexact }
    return product.partialValue / denominator
  }
}

extension ExactQuantity {
  /// The shortest exact text: the largest unit that divides the value.
  static func text(_ value: Int, units: [Unit]) -> String {
    let fitting = units.filter { value != 0 && value % $0.scale == 0 }
    let unit = fitting.max { $0.scale < $1.scale } ?? units[0]
    return "\(value / unit.scale)\(unit.suffix)"
  }
}
