// SPDX-License-Identifier: Apache-2.0
//
// What a queue store says over its kernel channel, per item and little-endian:
//
//    0  tag u64        "WEIRQ" in the low 40 bits, kind in the high 24
//    8  index u64      of the item
//   16  byteCount u64  of what follows
//   24  bytes          item: its encoding · failure: an encoded SerializationError · bell: nothing
//
// A bell says "look at the shared words again"; the end of the stream is one of those words.
internal import SharedMemory

enum QueueWire {
  static let headerByteCount = 24
  private static let tag: UInt64 = 0x51_52_49_45_57  // "WEIRQ"
  private static let kindShift: UInt64 = 40
  /// Above every segment and heap here: a length beyond it is damage, not an item.
  static let maximumByteCount: UInt64 = 1 << 44

  enum Kind: UInt64 {
    case item = 1
    case failure = 2
    case bell = 3
  }

  struct Header {
    var kind: Kind
    var index: UInt64
    var byteCount: Int
  }

  static func append(_ header: Header, to buffer: inout ByteBuffer) {
    buffer.append(tag | header.kind.rawValue << kindShift)
    buffer.append(header.index)
    buffer.append(UInt64(header.byteCount))
  }

  /// The header at the front of the buffer; nil while it is not complete.
  static func parse(_ buffer: borrowing ByteBuffer) throws(TransportError) -> Header? {
    guard buffer.count >= headerByteCount else { return nil }
    let word = buffer.word(at: 0)
    let byteCount = buffer.word(at: 16)
    guard word & ((1 << kindShift) - 1) == tag, let kind = Kind(rawValue: word >> kindShift),
      byteCount <= maximumByteCount
    else {
      throw TransportError(
        .corrupt, "the queue's channel carries foreign bytes; start producer and customer anew")
    }
    return Header(kind: kind, index: buffer.word(at: 8), byteCount: Int(byteCount))
  }
}
