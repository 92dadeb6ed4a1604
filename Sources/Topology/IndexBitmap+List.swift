// SPDX-License-Identifier: Apache-2.0

extension IndexBitmap {
  /// The set written as a Linux list, such as "0-3,8"; "" is the empty set.
  ///
  /// White space at either end is ignored (files in `/sys` end in a newline). Numbers may repeat
  /// and come in any order.
  /// - Throws: `malformed` with the position of the first character that cannot be read.
  public init(list: String) throws(TopologyError) {
    self.init()
    var reader = ListReader(list)
    if reader.isAtEnd { return }
    repeat {
      let start = reader.position
      let low = try reader.number(Self.maximumIndex)
      var high = low
      if reader.take("-") {
        high = try reader.number(Self.maximumIndex)
        guard high >= low else {
          throw .malformedList(list, position: start, reason: "the range runs backwards")
        }
      }
      for index in low...high { insert(index) }
    } while reader.take(",")
    guard reader.isAtEnd else {
      throw .malformedList(list, position: reader.position, reason: "expected ',' or the end")
    }
  }

  /// The Linux list form, such as "0-3,8"; "" for the empty set.
  public var list: String {
    ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }

  /// The runs of neighbouring numbers, in rising order.
  public var ranges: [ClosedRange<Int>] {
    var result: [ClosedRange<Int>] = []
    for index in self {
      if let run = result.last, run.upperBound + 1 == index {
        result[result.count - 1] = run.lowerBound...index
      } else {
        result.append(index...index)
      }
    }
    return result
  }
}

extension IndexBitmap: CustomStringConvertible {
  /// The Linux list form, or "none" for the empty set.
  public var description: String { isEmpty ? "none" : list }
}

extension IndexBitmap: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(list: decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(list)
  }
}

/// Reads the numbers and signs of a list, and knows where it is for the error.
private struct ListReader {
  private let text: String
  private let bytes: [UInt8]
  private var offset: Int
  private let end: Int

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0d).contains(byte) }
    offset = bytes.firstIndex { !isSpace($0) } ?? bytes.count
    end = (bytes.lastIndex { !isSpace($0) } ?? -1) + 1
  }

  var isAtEnd: Bool { offset >= end }

  /// Counted from 1, as editors do.
  var position: Int { offset + 1 }

  mutating func take(_ sign: Unicode.Scalar) -> Bool {
    guard !isAtEnd, UInt32(bytes[offset]) == sign.value else { return false }
    offset += 1
    return true
  }

  mutating func number(_ limit: Int) throws(TopologyError) -> Int {
    let start = position
    var value: Int?
    while !isAtEnd, (0x30...0x39).contains(bytes[offset]) {
      let next = (value ?? 0) * 10 + Int(bytes[offset] - 0x30)
      guard next <= limit else {
        throw .malformedList(text, position: start, reason: "numbers go up to \(limit)")
      }
      value = next
      offset += 1
    }
    guard let value else {
      throw .malformedList(text, position: start, reason: "expected a number")
    }
    return value
  }
}
