// SPDX-License-Identifier: Apache-2.0
import CLinux
import Testing

@Suite struct ChecksumTests {
  /// The definition, word by word.
  private func reference(_ bytes: some Collection<UInt8>) -> (sum: UInt64, weighted: UInt64) {
    let bytes = Array(bytes)
    let words = (bytes.count + 7) / 8
    var (sum, weighted): (UInt64, UInt64) = (0, 0)
    for index in 0..<words {
      var word: UInt64 = 0
      for offset in 0..<min(8, bytes.count - index * 8) {
        word |= UInt64(bytes[index * 8 + offset]) << UInt64(8 * offset)
      }
      sum &+= word
      weighted &+= word &* UInt64(words - index)
    }
    return (sum, weighted)
  }

  private func checksum(_ bytes: UnsafeRawBufferPointer) -> (sum: UInt64, weighted: UInt64) {
    let sums = weir_checksum(bytes.baseAddress, bytes.count)
    return (sums.sum, sums.weighted)
  }

  private func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  @Test(arguments: Array(0...300) + [511, 512, 513, 1023, 1024, 4095, 4096, 65_537])
  func agreesWithTheDefinition(count: Int) {
    let bytes = noise(count + 9)
    bytes.withUnsafeBytes { buffer in
      for shift in [0, 1, 3, 4, 8] where count + shift <= buffer.count {
        let part = UnsafeRawBufferPointer(rebasing: buffer[shift..<shift + count])
        #expect(checksum(part) == reference(part))
      }
    }
  }

  @Test func sumsWrapWithoutHarm() {
    [UInt8](repeating: 0xFF, count: 4099).withUnsafeBytes {
      #expect(checksum($0) == reference($0))
    }
  }

  /// Replacing a word changes both sums by an amount known in advance.
  @Test(arguments: [0, 1, 15, 16, 17, 100, 127])
  func isLinear(index: Int) {
    var words = (0..<128).map { UInt64($0) &* 0x1234_5678_9ABC_DEF1 }
    let before = words.withUnsafeBytes(checksum)
    let delta: UInt64 = 0xFFFF_0000_1111_2223
    words[index] &+= delta
    let after = words.withUnsafeBytes(checksum)
    #expect(after.sum == before.sum &+ delta)
    #expect(after.weighted == before.weighted &+ delta &* UInt64(words.count - index))
  }

  @Test func everyChangeOfAByteIsFound() {
    var bytes = noise(600)
    let before = bytes.withUnsafeBytes(checksum)
    for offset in bytes.indices {
      bytes[offset] ^= 0x10
      #expect(bytes.withUnsafeBytes(checksum) != before)
      bytes[offset] ^= 0x10
    }
    bytes.swapAt(8, 592)
    #expect(bytes.withUnsafeBytes(checksum) != before)
  }
}
