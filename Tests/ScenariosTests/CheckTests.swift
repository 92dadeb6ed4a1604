// SPDX-License-Identifier: Apache-2.0
import Harness
import Testing

@testable import Scenarios

@Suite struct CheckTests {
  private func depths(_ verification: Verification, _ count: Int) -> [Check.Depth] {
    var check = Check(verification)
    return (0..<count).map { _ in check.next() }
  }

  @Test func theFirstOfEachSixtyFourIsSampled() {
    for (index, depth) in depths(.sampled, 64 * 5).enumerated() {
      #expect(depth == (index % 64 == 0 ? .full : .header), "message \(index)")
    }
  }

  @Test func otherLevelsNeverChange() {
    #expect(depths(.full, 200).allSatisfy { $0 == .full })
    #expect(depths(.header, 200).allSatisfy { $0 == .header })
    #expect(depths(.off, 200).allSatisfy { $0 == .none })
  }

  @Test func sumsDependOnValueAndPlace() {
    let words: [UInt64] = [1, 2, 3, 4]
    let swapped: [UInt64] = [2, 1, 3, 4]
    let sums = Check.sums(words.span.bytes)
    #expect(sums.sum == 10)
    #expect(sums.weighted == 1 * 4 + 2 * 3 + 3 * 2 + 4 * 1)
    #expect(Check.sums(swapped.span.bytes).sum == sums.sum)
    #expect(Check.sums(swapped.span.bytes) != sums)
  }
}
