// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import Testing

@testable import Scenarios

@Suite struct FramePatternsTests {
  static let sizes = [1, 7, 8, 9, 15, 16, 17, 64, 127, 128, 129, 300]

  private func bytes(_ patterns: FramePatterns, _ sequence: UInt64) -> [UInt8] {
    [UInt8](patterns.frame(sequence).bytes)
  }

  private func fault(
    _ patterns: FramePatterns, _ sequence: UInt64, _ bytes: [UInt8], _ depth: Check.Depth = .full
  ) -> Fault {
    patterns.fault(sequence, bytes.span.bytes, depth)
  }

  @Test(arguments: sizes) func acceptsItsOwnFrames(size: Int) throws {
    let patterns = try FramePatterns(byteCount: size, seed: 3, depth: 64)
    for sequence in [0, 1, 2, 3, 100, UInt64(Int64.max), .max] {
      let frame = patterns.frame(sequence)
      #expect(UInt64(bitPattern: frame.timestampNanoseconds) == sequence)
      #expect(frame.bytes.count == size)
      for depth in [Check.Depth.full, .header, .none] {
        #expect(fault(patterns, sequence, bytes(patterns, sequence), depth) == .none)
      }
    }
  }

  @Test(arguments: sizes) func seesEveryFlippedBit(size: Int) throws {
    let patterns = try FramePatterns(byteCount: size, seed: 3, depth: 64)
    let intact = bytes(patterns, 7)
    var missed: [Int] = []
    for bit in 0..<size * 8 {
      var damaged = intact
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      if fault(patterns, 7, damaged) == .none { missed.append(bit) }
    }
    #expect(missed.isEmpty)
  }

  @Test(arguments: sizes.filter { $0 >= 16 }) func seesHalvesOfTwoMessages(size: Int) throws {
    let patterns = try FramePatterns(byteCount: size, seed: 3, depth: 64)
    let (old, new) = (bytes(patterns, 7), bytes(patterns, 8))
    for cut in stride(from: 8, to: size / 8 * 8, by: 8) {
      let torn = Array(new[..<cut] + old[cut...])
      #expect(fault(patterns, 8, torn) == .torn, "cut at \(cut)")
      #expect(fault(patterns, 8, torn, .header) == .torn, "cut at \(cut)")
    }
  }

  /// A slot that was never rewritten holds the message of one round before.
  @Test(arguments: [1, 2, 3, 6, 12, 60, 64, 96, 100, 420, 1 << 16])
  func seesWhatASlotHeldTheRoundBefore(depth: Int) throws {
    let patterns = try FramePatterns(byteCount: 64, seed: 3, depth: depth)
    for sequence in UInt64(depth)..<UInt64(depth) + 12 {
      let stale = bytes(patterns, sequence - UInt64(depth))
      #expect(fault(patterns, sequence, stale) == .corrupt)
      #expect(fault(patterns, sequence, bytes(patterns, sequence - 1)) == .corrupt)
    }
  }

  @Test func countsOfPatternsAreSmallAndNeverDivideTheDepth() {
    for depth in 1...5000 {
      let count = FramePatterns.count(depth: depth)
      #expect(count >= 3 && count < 12 && depth % count != 0, "\(depth)")
    }
  }

  @Test func seesWrongSizesAndOtherLaunches() throws {
    let patterns = try FramePatterns(byteCount: 64, seed: 3, depth: 64)
    let intact = bytes(patterns, 7)
    #expect(fault(patterns, 7, Array(intact.dropLast())) == .corrupt)
    #expect(fault(patterns, 7, intact + [0]) == .corrupt)
    #expect(fault(patterns, 7, []) == .corrupt)
    let other = try FramePatterns(byteCount: 64, seed: 1000, depth: 64)
    #expect(fault(other, 7, intact) == .corrupt)
    #expect(fault(patterns, 7, intact + [0], .none) == .none, "`off` looks at nothing")
  }
}
