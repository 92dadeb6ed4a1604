// SPDX-License-Identifier: Apache-2.0

/// A check of hwloc's synthetic grammar before hwloc sees it: hwloc says neither where a
/// description is wrong nor refuses one whose objects would fill the memory.
///
///     description = item { " " item }
///     item        = [ type ":" ] count [ "(" attributes ")" ]   a level: count per parent
///                 | "[" type [ "(" attributes ")" ] "]"         memory attached to the level above
enum SyntheticDescription {
  /// The largest machine that can be described; hwloc takes about a kilobyte per object.
  static let maximumPUs = 8_192

  /// - Throws: `malformed` with the position of the first item that cannot be read.
  static func check(_ text: String) throws(TopologyError) {
    var pus = 1
    var levels = 0
    for item in items(of: text) where item.text.first != "[" {
      let level = item.text.prefix { $0 != "(" }
      let digits = level.split(separator: ":", omittingEmptySubsequences: false).last ?? ""
      guard let count = Int(digits), count > 0, digits.first != "+" else {
        throw TopologyError(
          .malformed(position: item.position),
          "'\(String(item.text).printable)' at character \(item.position) is no level of a machine; "
            + "write kind:count, such as core:4")
      }
      let (product, overflow) = pus.multipliedReportingOverflow(by: count)
      guard !overflow, product <= maximumPUs else {
        throw TopologyError(
          .malformed(position: item.position),
          "'\(String(item.text).printable)' at character \(item.position) makes more than "
            + "\(maximumPUs) PUs; describe a smaller machine")
      }
      pus = product
      levels += 1
    }
    guard levels > 0 else {
      throw TopologyError(
        .malformed(position: 1),
        "the description of a machine is empty; write one such as 'package:2 numa:2 core:4 pu:2'")
    }
  }

  /// The items between spaces; a space inside parentheses or brackets does not part them.
  private static func items(of text: String) -> [(text: Substring, position: Int)] {
    var result: [(text: Substring, position: Int)] = []
    var depth = 0
    var start: String.Index?
    for index in text.indices {
      let character = text[index]
      if character.isWhitespace, depth <= 0 {
        if let begin = start { result.append(item(text, begin, index)) }
        start = nil
      } else if start == nil {
        start = index
      }
      if character == "(" || character == "[" { depth += 1 }
      if character == ")" || character == "]" { depth -= 1 }
    }
    if let begin = start { result.append(item(text, begin, text.endIndex)) }
    return result
  }

  private static func item(
    _ text: String, _ begin: String.Index, _ end: String.Index
  ) -> (text: Substring, position: Int) {
    (text[begin..<end], text.utf8.distance(from: text.startIndex, to: begin) + 1)
  }
}
