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

  /// Prose, with what stands between backticks as code.
  static func prose(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).map {
      escaped(String($0))
    }
    // A backtick without a partner is itself.
    guard parts.count % 2 == 1 else { return escaped(text) }
    return parts.enumerated().map { $0 % 2 == 1 ? "<code>\($1)</code>" : $1 }.joined()
  }

  static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

  /// A coordinate, to a tenth: finer than any screen shows.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
    return (tenths < 0 ? "-" : "") + "\(whole)" + (rest == 0 ? "" : ".\(rest)")
  }
}
