// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

// How an error crosses a process boundary. Little-endian.
//
//   'W' 'E' 'R' version (u8) | code (u8) | needed bytes (i64, -1: none)
//   | message | nearest match | remote cause      each: length (u32, all ones: none), UTF-8
extension SerializationError {
  private static let magic: UInt32 = 0x0152_4557
  private static let fixedByteCount = 13
  /// Longer texts are cut: an error must fit where a message does.
  private static let maximumTextByteCount = 4096

  /// Wraps any error of this process so that it can be sent; ours are sent as they are.
  public init(sending error: any Error) {
    if let own = error as? SerializationError {
      self = own
    } else {
      self.init(.remote, "\(type(of: error)): \(error); see the process that reported it")
    }
  }

  /// Replaces the bytes of `buffer` with this error.
  public func encode(into buffer: inout EncodeBuffer) {
    let texts = [message, nearestMatch, remoteCause].map { $0.map(Self.shortened) }
    let byteCount = texts.reduce(Self.fixedByteCount) { $0 + 4 + ($1?.utf8.count ?? 0) }
    buffer.replace(byteCount: byteCount) { span in
      span.storeLittleEndian(Self.magic, at: 0)
      span.storeLittleEndian(code.rawValue, at: 4)
      span.storeLittleEndian(Int64(neededByteCount ?? -1), at: 5)
      var offset = Self.fixedByteCount
      for text in texts {
        span.storeLittleEndian(text.map { UInt32($0.utf8.count) } ?? .max, at: offset)
        offset += 4
        if let text {
          span.copy(text, at: offset)
          offset += text.utf8.count
        }
      }
      return offset
    }
  }

  /// Reads an error of another process, ready to be thrown here.
  ///
  /// Code and message are those of the sender; ``remoteCause`` is the sender's full description, so
  /// that a chain of processes stays visible.
  ///
  /// - Throws: code `malformed` when `bytes` are not an encoded error.
  public init(receivedFrom bytes: RawSpan) throws(SerializationError) {
    guard bytes.byteCount >= Self.fixedByteCount,
      bytes.littleEndian(UInt32.self, at: 0) == Self.magic,
      let code = Code(rawValue: bytes.littleEndian(UInt8.self, at: 4))
    else { throw .malformed("error", "wrong magic, version or code") }
    let needed = bytes.littleEndian(Int64.self, at: 5)
    var offset = Self.fixedByteCount
    let message = try Self.readText(bytes, &offset)
    let nearestMatch = try Self.readText(bytes, &offset)
    let cause = try Self.readText(bytes, &offset)
    guard let message, needed >= -1, offset == bytes.byteCount else {
      throw .malformed("error", "it lacks a message or has bytes left over")
    }
    let sent = SerializationError(code, message, remoteCause: cause)
    self.init(
      code, message, neededByteCount: needed < 0 ? nil : Int(needed), nearestMatch: nearestMatch,
      remoteCause: sent.description)
  }

  private static func readText(_ bytes: RawSpan, _ offset: inout Int) throws(SerializationError)
    -> String?
  {
    guard bytes.byteCount - offset >= 4 else { throw .malformed("error", "it is cut off") }
    let count = bytes.littleEndian(UInt32.self, at: offset)
    offset += 4
    guard count != .max else { return nil }
    guard Int(count) <= bytes.byteCount - offset,
      let text = bytes.extracting(offset..<offset + Int(count)).text()
    else { throw .malformed("error", "a text is cut off or not UTF-8") }
    offset += Int(count)
    return text
  }

  private static func shortened(_ text: String) -> String {
    guard text.utf8.count > maximumTextByteCount else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: maximumTextByteCount)
    // Back to the start of a character, so that the rest is UTF-8.
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return String(text[..<end])
  }
}
