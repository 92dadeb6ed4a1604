// SPDX-License-Identifier: Apache-2.0

/// Unpacks a DEFLATE stream (RFC 1951); a test needs no library to look at a PNG.
struct Inflater {
  private let bytes: [UInt8]
  private var at = 0
  private var bits: UInt32 = 0
  private var held = 0
  private var out: [UInt8] = []

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

  /// - Returns: nil for a stream that is damaged or cut off.
  mutating func output() -> [UInt8]? {
    while true {
      guard let last = take(1), let kind = take(2) else { return nil }
      let isGood =
        switch kind {
        case 0: stored()
        case 1: packed(Self.fixed.literals, Self.fixed.distances)
        case 2: dynamic()
        default: false
        }
      guard isGood else { return nil }
      if last == 1 { return out }
    }
  }

  private mutating func take(_ count: Int) -> Int? {
    while held < count {
      guard at < bytes.count else { return nil }
      bits |= UInt32(bytes[at]) << UInt32(held)
      (at, held) = (at + 1, held + 8)
    }
    let value = bits & ((1 << UInt32(count)) - 1)
    (bits, held) = (bits >> UInt32(count), held - count)
    return Int(value)
  }

  private mutating func stored() -> Bool {
    (bits, held) = (0, 0)
    guard at + 4 <= bytes.count else { return false }
    let length = Int(bytes[at]) | Int(bytes[at + 1]) << 8
    guard at + 4 + length <= bytes.count else { return false }
    out += bytes[at + 4..<at + 4 + length]
    at += 4 + length
    return true
  }

  /// A canonical Huffman code: how many codes of each length there are, and their symbols in order.
  private struct Code {
    var counts = [Int](repeating: 0, count: 16)
    var symbols: [Int] = []

    init(_ lengths: [Int]) {
      for length in lengths where length > 0 { counts[length] += 1 }
      symbols = lengths.indices.filter { lengths[$0] > 0 }
        .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    }
  }

  private static let fixed = (
    literals: Code(
      (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }),
    distances: Code(Array(repeating: 5, count: 30))
  )

  private mutating func symbol(_ code: Code) -> Int? {
    var (value, first, index) = (0, 0, 0)
    for length in 1..<16 {
      guard let bit = take(1) else { return nil }
      value |= bit
      let count = code.counts[length]
      if value - first < count { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    return nil
  }

  private mutating func dynamic() -> Bool {
    guard let literals = take(5), let distances = take(5), let coded = take(4) else { return false }
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    var lengths = [Int](repeating: 0, count: 19)
    for index in 0..<coded + 4 {
      guard let length = take(3) else { return false }
      lengths[order[index]] = length
    }
    let code = Code(lengths)
    var all: [Int] = []
    while all.count < literals + 257 + distances + 1 {
      guard let next = symbol(code) else { return false }
      switch next {
      case 16:
        guard let last = all.last, let more = take(2) else { return false }
        all += Array(repeating: last, count: more + 3)
      case 17:
        guard let more = take(3) else { return false }
        all += Array(repeating: 0, count: more + 3)
      case 18:
        guard let more = take(7) else { return false }
        all += Array(repeating: 0, count: more + 11)
      default: all.append(next)
      }
    }
    return packed(
      Code(Array(all.prefix(literals + 257))), Code(Array(all.dropFirst(literals + 257))))
  }

  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]

  private mutating func packed(_ literals: Code, _ distances: Code) -> Bool {
    while true {
      guard let next = symbol(literals) else { return false }
      if next < 256 {
        out.append(UInt8(next))
        continue
      }
      if next == 256 { return true }
      let index = next - 257
      guard index < Self.lengthBases.count else { return false }
      let extra = index < 8 || index == 28 ? 0 : (index - 4) / 4
      guard let more = take(extra), let far = symbol(distances) else { return false }
      let bits = far < 4 ? 0 : far / 2 - 1
      guard let rest = take(bits) else { return false }
      let distance = 1 + rest + (far < 4 ? far : (2 + far % 2) << bits)
      guard distance <= out.count else { return false }
      for _ in 0..<Self.lengthBases[index] + more { out.append(out[out.count - distance]) }
    }
  }
}
