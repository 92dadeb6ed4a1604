// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Serialization

/// Frames that say which item they are, and in which every byte is known.
///
/// The first eight bytes are the item's number and the size, the others a piece of a fixed noise
/// that depends on the number: a shifted, torn, stale or cut payload differs somewhere.
enum Specimen {
  static let headerByteCount = 8
  static let largestByteCount = 60_000

  private static let noise: Data = {
    var random = SeededRandom(seed: 0x5EED)
    return Data((0..<(1 << 16)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
  }()

  /// Sizes around the limits of a slot's first line, its inline room and the arena's lines.
  private static let byteCounts = [8, 40, 48, 49, 100, 112, 113, 700, 8, 3000]

  /// The usual size of item `number`.
  static func byteCount(of number: Int) -> Int { byteCounts[number % byteCounts.count] }

  /// - Precondition: `byteCount` is 8 to ``largestByteCount``.
  static func bytes(_ number: Int, byteCount: Int) -> Data {
    precondition(byteCount >= headerByteCount && byteCount <= largestByteCount)
    var bytes = Data(capacity: byteCount)
    for value in [UInt32(truncatingIfNeeded: number), UInt32(byteCount)] {
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: value >> shift))
      }
    }
    bytes.append(noise(number, byteCount))
    return bytes
  }

  private static func noise(_ number: Int, _ byteCount: Int) -> Data {
    let start = (number &* 37) & 4095
    return noise[start..<start + byteCount - headerByteCount]
  }

  static func frame(_ number: Int, byteCount: Int? = nil) -> Frame {
    let bytes = bytes(number, byteCount: byteCount ?? Self.byteCount(of: number))
    do {
      return try Frame(
        dtype: .uint8, shape: [bytes.count], timestampNanoseconds: Int64(number), bytes: bytes)
    } catch {
      preconditionFailure("a row of bytes is a frame: \(error)")
    }
  }

  /// The number of an intact specimen; nil when anything in it is wrong.
  static func number(of frame: Frame) -> Int? { number(ofBytes: frame.bytes) }

  static func number(ofBytes bytes: Data) -> Int? {
    guard bytes.count >= headerByteCount, bytes.count <= largestByteCount else { return nil }
    let words = bytes.prefix(headerByteCount).enumerated().reduce(into: (UInt64(0))) {
      $0 |= UInt64($1.element) << (8 * UInt64($1.offset))
    }
    let number = Int(words & 0xFFFF_FFFF)
    guard Int(words >> 32) == bytes.count,
      bytes.dropFirst(headerByteCount) == noise(number, bytes.count)
    else { return nil }
    return number
  }
}
