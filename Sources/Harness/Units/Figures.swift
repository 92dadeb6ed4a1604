// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Numbers as people read them in a table: three significant digits, no locale.
public enum Figures {
  /// - Parameter digits: significant digits, 3 by default; more would claim precision a launch
  ///   median does not have.
  /// - Returns: `71.2`, `0.0712`, `12300`; exponent form below 0.0001; `-` for what is not finite.
  public static func text(_ value: Double, digits: Int = 3) -> String {
    guard value.isFinite else { return "-" }
    guard value != 0 else { return "0" }
    if abs(value) < 1e-4 { return String(format: "%.\(digits - 1)e", value) }
    let rounded = round(value, digits: digits)
    let magnitude = Int(log10(abs(rounded)).rounded(.down))
    return String(format: "%.\(max(0, digits - 1 - magnitude))f", rounded)
  }

  /// The value rounded to so many significant digits; 9.996 is 10.0, so the width stays right.
  public static func round(_ value: Double, digits: Int) -> Double {
    guard value != 0, value.isFinite else { return value }
    let exponent = Int(log10(abs(value)).rounded(.down))
    let power = pow(10, Double(digits - 1 - exponent))
    return (value * power).rounded() / power
  }

  /// A whole number with thin groups: 1234567 is `1 234 567`.
  public static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return text
  }
}
