// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import Testing

/// Copies past the caches are copies all the same, whatever their alignment.
@Suite struct LargeCopyTests {
  private static let threshold = min(weir_streaming_threshold(), 64 << 20)

  /// Fresh memory, every word of it different.
  private func memory(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let room = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 8, alignment: 64)
    for offset in stride(from: 0, through: byteCount, by: 8) {
      room.storeBytes(
        of: UInt64(offset) &* 0x9E37_79B9_7F4A_7C15, toByteOffset: offset, as: UInt64.self)
    }
    return room
  }

  private func isAll(_ value: UInt8, _ start: UnsafeMutableRawPointer, _ count: Int) -> Bool {
    (0..<count).allSatisfy { start.load(fromByteOffset: $0, as: UInt8.self) == value }
  }

  @Test(arguments: [0, 1, 63], [0, 1, 17, 64])
  func everyByteArrivesAndNoOther(from: Int, to: Int) {
    for count in [0, 1, 63, Self.threshold - 1, Self.threshold, Self.threshold + 193] {
      let source = memory(from + count)
      let target = UnsafeMutableRawPointer.allocate(byteCount: to + count + 64, alignment: 64)
      memset(target, 0xAA, to + count + 64)
      weir_copy_large(target + to, source + from, count)
      #expect(memcmp(target + to, source + from, count) == 0, "\(count) bytes")
      #expect(isAll(0xAA, target, to) && isAll(0xAA, target + to + count, 64))
      source.deallocate()
      target.deallocate()
    }
  }

  /// Targets just behind their sources in a page, which are copied another way.
  @Test(arguments: [0, 48], [1, 16, 31, 32])
  func everyByteArrivesJustBehind(from: Int, behind: Int) {
    for count in [WEIR_REPEATED_BYTES - 1, WEIR_REPEATED_BYTES, WEIR_REPEATED_BYTES + 63, 1 << 18] {
      let count = Int(count)
      let source = UnsafeMutableRawPointer.allocate(byteCount: count + 64, alignment: 4096)
      for offset in 0..<count + 64 {
        source.storeBytes(of: UInt8(offset % 251), toByteOffset: offset, as: UInt8.self)
      }
      let target = UnsafeMutableRawPointer.allocate(byteCount: count + 256, alignment: 4096)
      memset(target, 0xAA, count + 256)
      weir_copy_large(target + from + behind, source + from, count)
      #expect(memcmp(target + from + behind, source + from, count) == 0, "\(count) bytes")
      #expect(isAll(0xAA, target, from + behind))
      #expect(isAll(0xAA, target + from + behind + count, 64))
      source.deallocate()
      target.deallocate()
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
