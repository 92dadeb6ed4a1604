// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// A number in a column of a trace, to a billionth, so that seconds are read as whole nanoseconds.
///
/// By bytes: a trace of millions of lines is read before anything is measured, and strings would take
/// longer than the measurement.
enum DecimalField: Equatable {
  case value(UInt64, billionths: UInt64)
  case negative
  case tooLarge
  case notANumber

  /// Reads `12`, `0.016683`, and what programs print for small numbers, `1.5e-05`. Digits beyond the
  /// ninth are dropped. Blanks around the number are ignored.
  init(_ field: Data) {
    let blank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    var digits = field.drop(while: blank)
    while let last = digits.last, blank(last) { digits = digits.dropLast() }
    self = Self.plain(digits) ?? Self.scientific(digits)
  }

  /// Nil when it is written otherwise.
  private static func plain(_ digits: Data) -> DecimalField? {
    var whole: UInt64 = 0
    var (billionths, scale): (UInt64, UInt64) = (0, 1_000_000_000)
    var isFraction = false
    var count = 0
    for byte in digits {
      if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let digit = UInt64(byte - UInt8(ascii: "0"))
      count += 1
      if isFraction {
        scale /= 10
        billionths += digit * scale
      } else {
        let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(digit)
        if overflow || carry { return .tooLarge }
        whole = sum
      }
    }
    return count > 0 ? .value(whole, billionths: billionths) : nil
  }

  private static func scientific(_ digits: Data) -> DecimalField {
    // `Double` also takes `nan`, `inf` and hexadecimal, which no column means.
    let allowed = Set("0123456789.eE+-".utf8)
    guard digits.allSatisfy(allowed.contains),
      let number = Double(String(decoding: digits, as: UTF8.self))
    else { return .notANumber }
    if number < 0 { return .negative }
    guard number < 1e18 else { return .tooLarge }
    let whole = number.rounded(.down)
    let rest = ((number - whole) * 1e9).rounded()
    return rest < 1e9
      ? .value(UInt64(whole), billionths: UInt64(rest)) : .value(UInt64(whole) + 1, billionths: 0)
  }
}
