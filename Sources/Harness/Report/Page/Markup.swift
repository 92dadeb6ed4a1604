// SPDX-License-Identifier: Apache-2.0

/// Text as it stands in XML and HTML.
enum Markup {
  /// The four special characters as entities; a space for control characters, which XML 1.0 has no
  /// place for.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      switch scalar {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      default: scalar.value < 32 ? " " : String(scalar)
      }
    }.joined()
  }

  static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// A coordinate, to a tenth: finer than any screen shows.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
    return (tenths < 0 ? "-" : "") + "\(whole)" + (rest == 0 ? "" : ".\(rest)")
  }
}
