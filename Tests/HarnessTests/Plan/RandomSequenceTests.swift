// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct RandomSequenceTests {
  /// The published first outputs of `splitmix64.c` for this seed.
  @Test func splitMixMatchesItsReference() {
    var random = SplitMix64(seed: 1_234_567)
    let values = (0..<3).map { _ in random.next() }
    #expect(
      values == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  /// The first outputs of `xoshiro256starstar.c` from state 1, 2, 3, 4.
  @Test func xoshiroMatchesItsReference() {
    var random = Xoshiro256(state: (1, 2, 3, 4))
    let values = (0..<4).map { _ in random.next() }
    #expect(values == [11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240])
  }

  @Test func belowIsBelowAndEven() {
    var random = Xoshiro256(seed: 1)
    var counts = [0, 0, 0]
    for _ in 0..<30_000 { counts[Int(random.below(3))] += 1 }
    #expect(counts.allSatisfy { (9_500...10_500).contains($0) })
    #expect(random.below(1) == 0)
  }

  @Test func shuffleKeepsElements() {
    var random = Xoshiro256(seed: 5)
    var values = Array(0..<100)
    random.shuffle(&values)
    #expect(values != Array(0..<100))
    #expect(values.sorted() == Array(0..<100))
  }

  @Test func fnvMatchesItsReference() {
    #expect(LaunchSlot.hash("") == 0xcbf2_9ce4_8422_2325)
    #expect(LaunchSlot.hash("a") == 0xaf63_dc4c_8601_ec8c)
  }
}
