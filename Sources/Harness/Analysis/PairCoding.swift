// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The stored form of a histogram: base64 of LEB128 numbers, value steps and counts by turns.
///
/// Pairs are sorted by value and each value is stored as the step from the one before, so that a
/// launch of a million messages takes about a kilobyte and needs no library to be read back.
enum PairCoding {
  static func encode(_ pairs: [LatencyHistogram.Pair]) -> String {
    var bytes: [UInt8] = []
    var last: UInt64 = 0
    for pair in pairs.sorted(by: { $0.nanoseconds < $1.nanoseconds }) {
      append(pair.nanoseconds - last, to: &bytes)
      append(pair.count, to: &bytes)
      last = pair.nanoseconds
    }
    return Data(bytes).base64EncodedString()
  }

  /// - Returns: nil for text that is not base64, a number that is cut off or too long, or a value
  ///   that overflows.
  static func decode(_ text: String) -> [LatencyHistogram.Pair]? {
    guard let data = Data(base64Encoded: text) else { return nil }
    var rest = data[...]
    var pairs: [LatencyHistogram.Pair] = []
    var last: UInt64 = 0
    while !rest.isEmpty {
      guard let step = next(&rest), let count = next(&rest) else { return nil }
      let (value, overflow) = last.addingReportingOverflow(step)
      if overflow { return nil }
      pairs.append(.init(nanoseconds: value, count: count))
      last = value
    }
    return pairs
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private static func next(_ bytes: inout Data) -> UInt64? {
    var number: UInt64 = 0
    // Ten groups of seven bits hold 64; the tenth may only carry one.
    for group in 0..<10 {
      guard let byte = bytes.popFirst() else { return nil }
      let bits = UInt64(byte & 0x7f)
      if group == 9, bits > 1 { return nil }
      number |= bits << UInt64(7 * group)
      if byte & 0x80 == 0 { return number }
    }
    return nil
  }
}
