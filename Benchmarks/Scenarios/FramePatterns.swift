// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Harness
internal import Serialization

/// The frames that a cell sends, known to both ends from the launch's seed.
///
/// A message's number travels in the frame's time stamp; its payload is one of a few prepared ones,
/// chosen by that number, so that sending costs no filling and a list store can pass references. A
/// slot that still holds an older payload, or a mix of two, is told by the checksum: neighbours in
/// a ring never have the same one, nor have two messages that follow each other in a slot.
final class FramePatterns: Sendable {
  private let count: UInt64
  private let frames: [Frame]
  private let expected: [Check.Sums]
  let byteCount: Int
  /// Of messages that are not all of ``byteCount``: each is the beginning of its pattern.
  private let sizes: MessageSizes?

  /// How many patterns a ring of `depth` slots needs: the fewest, from three on, whose number does
  /// not divide the depth, so that a slot holds another one each time round.
  static func count(depth: Int) -> Int {
    var count = 3
    while depth % count == 0 { count += 1 }
    return count
  }

  /// - Parameter sizes: of the messages, none of them above `byteCount`; nil when all have it.
  /// - Precondition: `depth` is positive.
  init(byteCount: Int, seed: Int, depth: Int, sizes: MessageSizes? = nil) throws {
    precondition(sizes.map { $0.largest <= byteCount } ?? true)
    self.byteCount = byteCount
    self.sizes = sizes
    count = UInt64(Self.count(depth: depth))
    var frames: [Frame] = []
    var expected: [Check.Sums] = []
    for index in 0..<count {
      var random = SplitMix64(seed: UInt64(seed) &+ index)
      var bytes = Data(count: byteCount)
      unsafe bytes.withUnsafeMutableBytes { (buffer: UnsafeMutableRawBufferPointer) in
        unsafe Self.fill(buffer, &random)
      }
      let frame = try Frame(dtype: .uint8, shape: [byteCount], bytes: bytes)
      expected.append(frame.withPayload { Check.sums($0) })
      frames.append(frame)
    }
    self.frames = frames
    self.expected = expected
  }

  /// Random bytes, so that no serializer gains by compressing; the last word repeats the first.
  private static func fill(
    _ buffer: UnsafeMutableRawBufferPointer, _ random: inout SplitMix64
  ) {
    let words = buffer.count / 8
    for index in 0..<words {
      unsafe buffer.storeBytes(of: random.next(), toByteOffset: index * 8, as: UInt64.self)
    }
    for index in words * 8..<buffer.count {
      unsafe buffer[index] = UInt8(truncatingIfNeeded: random.next())
    }
    guard words >= 2 else { return }
    let first = unsafe buffer.load(as: UInt64.self)
    unsafe buffer.storeBytes(of: first, toByteOffset: words * 8 - 8, as: UInt64.self)
  }

  /// The frame of a message, whatever its size: a part of a pattern shares its bytes.
  func message(_ sequence: UInt64) throws -> Frame {
    guard let sizes else { return frame(sequence) }
    let byteCount = sizes.byteCount(of: sequence)
    return try Frame(
      dtype: .uint8, shape: [byteCount], timestampNanoseconds: Int64(bitPattern: sequence),
      bytes: frames[Int(sequence % count)].bytes.prefix(byteCount))
  }

  func frame(_ sequence: UInt64) -> Frame {
    var frame = frames[Int(sequence % count)]
    frame.timestampNanoseconds = Int64(bitPattern: sequence)
    return frame
  }

  /// What is wrong with the payload of message `sequence`.
  @inline(__always)
  func fault(_ sequence: UInt64, _ payload: RawSpan, _ depth: Check.Depth) -> Fault {
    if depth == .none { return .none }
    if let sizes { return partFault(sequence, payload, depth, sizes.byteCount(of: sequence)) }
    guard payload.byteCount == byteCount else { return .corrupt }
    let words = byteCount / 8
    if words >= 2, payload.word(at: 0) != payload.word(at: words * 8 - 8) { return .torn }
    if depth == .header { return .none }
    return Check.sums(payload) == expected[Int(sequence % count)] ? .none : .corrupt
  }

  /// What is wrong with a payload that should be the beginning of a pattern. Compared byte by byte: the
  /// sums of all beginnings are not known.
  @inline(never)
  private func partFault(
    _ sequence: UInt64, _ payload: RawSpan, _ depth: Check.Depth, _ byteCount: Int
  ) -> Fault {
    guard payload.byteCount == byteCount else { return .corrupt }
    let pattern = frames[Int(sequence % count)]
    return pattern.withPayload { expected in
      let words = byteCount / 8
      if words >= 2 {
        let last = words * 8 - 8
        let begins = payload.word(at: 0) == expected.word(at: 0)
        guard begins == (payload.word(at: last) == expected.word(at: last)) else { return .torn }
        if depth == .header { return begins ? .none : .corrupt }
      }
      return depth == .header || payload.hasSameBytes(as: expected) ? .none : .corrupt
    }
  }
}

extension RawSpan {
  /// Whether another span begins with the bytes of this one.
  fileprivate func hasSameBytes(as other: RawSpan) -> Bool {
    guard other.byteCount >= byteCount else { return false }
    return unsafe withUnsafeBytes { mine in
      unsafe other.withUnsafeBytes { others in
        guard let one = mine.baseAddress, let two = others.baseAddress else { return true }
        return unsafe memcmp(one, two, mine.count) == 0
      }
    }
  }
}
