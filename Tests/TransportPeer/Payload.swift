// SPDX-License-Identifier: Apache-2.0
public import Foundation
public import Serialization

/// Frames that say which item they are in every byte.
public enum Payload {
  public static func bytes(_ index: Int, count: Int) -> Data {
    Data((0..<count).map { byte(index, $0) })
  }

  public static func frame(_ index: Int, count: Int) throws -> Frame {
    try Frame(dtype: .uint8, shape: [count], bytes: bytes(index, count: count))
  }

  /// Whether the bytes are those of item `index`.
  public static func matches(_ span: RawSpan, _ index: Int) -> Bool {
    for offset in 0..<span.byteCount
    where span.unsafeLoad(fromByteOffset: offset, as: UInt8.self) != byte(index, offset) {
      return false
    }
    return true
  }

  public static func matches(_ frame: Frame, _ index: Int, count: Int) -> Bool {
    frame.bytes.count == count && matches(frame.bytes.bytes, index)
  }

  /// A small frame's number: the first eight bytes.
  public static func number(_ value: Int) throws -> Frame {
    let bytes = withUnsafeBytes(of: Int64(value).littleEndian) { Data($0) }
    return try Frame(dtype: .uint8, shape: [8], bytes: bytes)
  }

  public static func number(of frame: Frame) -> Int {
    frame.bytes.bytes.byteCount == 8
      ? Int(Int64(littleEndian: frame.bytes.bytes.unsafeLoadUnaligned(as: Int64.self))) : -1
  }

  /// Bytes that say in themselves which item they are, for customers that come late: the number in
  /// the first eight, and its pattern in the rest.
  public static func numbered(_ index: Int, count: Int) -> Data {
    var data = bytes(index, count: count)
    for place in 0..<8 { data[place] = UInt8(truncatingIfNeeded: index >> (8 * place)) }
    return data
  }

  /// The number of a ``numbered(_:count:)``; nil when a byte is another one's.
  public static func number(of span: RawSpan) -> Int? {
    guard span.byteCount >= 8 else { return nil }
    let index = Int(Int64(littleEndian: span.unsafeLoadUnaligned(as: Int64.self)))
    for offset in 8..<span.byteCount
    where span.unsafeLoad(fromByteOffset: offset, as: UInt8.self) != byte(index, offset) {
      return nil
    }
    return index
  }

  /// Mixes index and offset, so that a shifted or torn copy differs somewhere.
  private static func byte(_ index: Int, _ offset: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: (index &* 131) ^ (offset &* 7) ^ (offset >> 8) ^ (index >> 8))
  }
}
