// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import Testing

/// Copies past the caches are copies all the same, whatever their alignment.
@Suite struct LargeCopyTests {
  private static let threshold = min(weir_streaming_threshold(), 64 << 20)

  /// Fresh memory, every word of it different.
  private func memory(_ byteCount: Int, alignment: Int = 64) -> UnsafeMutableRawPointer {
    let room = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 8, alignment: alignment)
    for offset in stride(from: 0, through: byteCount, by: 8) {
      room.storeBytes(
        of: UInt64(offset) &* 0x9E37_79B9_7F4A_7C15, toByteOffset: offset, as: UInt64.self)
    }
    return room
  }

  private func isAll(_ value: UInt8, _ start: UnsafeMutableRawPointer, _ count: Int) -> Bool {
    (0..<count).allSatisfy { start.load(fromByteOffset: $0, as: UInt8.self) == value }
  }

  /// Copies between places that lie so far behind aligned ones.
  private func expectCopy(_ count: Int, from: Int, to: Int, alignment: Int = 64) {
    let source = memory(from + count, alignment: alignment)
    let target = UnsafeMutableRawPointer.allocate(
      byteCount: to + count + 64, alignment: alignment)
    memset(target, 0xAA, to + count + 64)
    weir_copy_large(target + to, source + from, count)
    #expect(memcmp(target + to, source + from, count) == 0, "\(count) bytes")
    #expect(isAll(0xAA, target, to) && isAll(0xAA, target + to + count, 64))
    source.deallocate()
    target.deallocate()
  }

  @Test(arguments: [0, 1, 63], [0, 1, 17, 64])
  func everyByteArrivesAndNoOther(from: Int, to: Int) {
    for count in [0, 1, 63, Self.threshold - 1, Self.threshold, Self.threshold + 193] {
      expectCopy(count, from: from, to: to)
    }
  }

  /// Targets just behind their sources in a page, which are copied another way.
  @Test(arguments: [0, 48], [1, 16, 31, 32])
  func everyByteArrivesJustBehind(from: Int, behind: Int) {
    let least = Int(WEIR_REPEATED_BYTES)
    for count in [least - 1, least, least + 63, 1 << 18] {
      expectCopy(count, from: from, to: from + behind, alignment: 4096)
    }
  }

  @Test(arguments: [-4096, -1, 1, 4096])
  func rangesMayOverlap(distance: Int) {
    let count = Self.threshold + 100
    let room = memory(count + 8192)
    let start = room + 4096
    let expected = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 64)
    memcpy(expected, start, count)
    weir_copy_large(start + distance, start, count)
    #expect(memcmp(start + distance, expected, count) == 0)
    room.deallocate()
    expected.deallocate()
  }

  @Test func theThresholdIsAPartOfTheCache() {
    guard getenv("WEIR_STREAMING_COPY") == nil else { return }
    #expect((1 << 16...1 << 31).contains(weir_streaming_threshold()))
  }
}
