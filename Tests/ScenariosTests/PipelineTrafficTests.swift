// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Scenarios

@Suite struct PipelineTrafficTests {
  /// Words and the bytes after the last one are counted alike.
  @Test(arguments: [0, 1, 7, 8, 9, 64, 65, 4097])
  func everyPixelIsCounted(count: Int) {
    let pixels = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) })
    let expected = pixels.count { $0 >= 128 }
    #expect(PipelineTraffic.brightPixels(pixels.bytes) == expected)
    let (dark, bright) = (Data(repeating: 127, count: count), Data(repeating: 128, count: count))
    #expect(PipelineTraffic.brightPixels(dark.bytes) == 0)
    #expect(PipelineTraffic.brightPixels(bright.bytes) == count)
  }
}
