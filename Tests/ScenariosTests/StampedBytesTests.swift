// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Scenarios

@Suite struct StampedBytesTests {
  static let sizes = [
    8, 9, 15, 16, 17, 24, 40, 47, 48, 49, 56, 63, 64, 65, 128, 129, 200, 255, 256, 1000,
  ]

  private func message(_ stamped: StampedBytes, _ sequence: UInt64) -> [UInt8] {
    let template = StampedBytes.template(byteCount: stamped.byteCount, seed: stamped.seed)
    var bytes = [UInt8](repeating: 0xAA, count: stamped.byteCount)
    template.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      var span = bytes.mutableSpan
      var room = span.mutableBytes
      stamped.write(sequence, start, to: &room)
    }
    return bytes
  }

  private func fault(
    _ stamped: StampedBytes, _ sequence: UInt64, _ bytes: [UInt8], _ depth: Check.Depth = .full
  ) -> Fault {
    let template = StampedBytes.Template(stamped)
    return stamped.fault(sequence, bytes.span.bytes, template.bytes, depth)
  }

  @Test(arguments: sizes) func acceptsWhatWasWritten(size: Int) {
    let stamped = StampedBytes(byteCount: size, seed: 7)
    for sequence in [0, 1, 2, 1000, UInt64(UInt32.max), .max - 1, .max] {
      let bytes = message(stamped, sequence)
      #expect(bytes.span.bytes.word(at: 0) == sequence)
      for depth in [Check.Depth.full, .header, .none] {
        #expect(fault(stamped, sequence, bytes, depth) == .none, "\(sequence)")
      }
    }
  }

  /// The number is read from the message, as a receiver does: a flip there must show too.
  ///
  /// Eight bytes hold the number and nothing else: a flip makes another valid message, which the
  /// sequence tells.
  @Test(arguments: sizes.filter { $0 >= 16 }) func seesEveryFlippedBit(size: Int) {
    let stamped = StampedBytes(byteCount: size, seed: 7)
    let intact = message(stamped, 12345)
    var missed: [Int] = []
    for bit in 0..<size * 8 {
      var bytes = intact
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      if fault(stamped, bytes.span.bytes.word(at: 0), bytes) == .none { missed.append(bit) }
    }
    #expect(missed.isEmpty)
  }

  @Test(arguments: sizes.filter { $0 >= 16 }) func seesHalvesOfTwoMessages(size: Int) {
    let stamped = StampedBytes(byteCount: size, seed: 7)
    let (old, new) = (message(stamped, 41), message(stamped, 42))
    for cut in stride(from: 8, to: size / 8 * 8, by: 8) {
      let torn = Array(new[..<cut] + old[cut...])
      #expect(fault(stamped, 42, torn) == .torn, "cut at \(cut)")
      #expect(fault(stamped, 42, torn, .header) == .torn, "cut at \(cut)")
    }
  }

  @Test func seesAStalePayloadUnderANewNumber() {
    let stamped = StampedBytes(byteCount: 64, seed: 7)
    let stale = message(stamped, 41)
    #expect(fault(stamped, 42, stale) == .torn)
    #expect(fault(StampedBytes(byteCount: 64, seed: 8), 41, stale) == .corrupt, "another launch")
  }

  @Test func seesWrongSizesAndSwappedWords() {
    let stamped = StampedBytes(byteCount: 64, seed: 7)
    var bytes = message(stamped, 5)
    #expect(fault(stamped, 5, Array(bytes.dropLast())) == .corrupt)
    #expect(fault(stamped, 5, bytes + [0]) == .corrupt)
    for offset in 0..<8 { bytes.swapAt(8 + offset, 16 + offset) }
    #expect(fault(stamped, 5, bytes) == .corrupt)
    #expect(fault(stamped, 5, bytes, .header) == .none, "a header check looks at both ends only")
  }
}
