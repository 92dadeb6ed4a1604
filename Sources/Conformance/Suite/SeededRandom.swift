// SPDX-License-Identifier: Apache-2.0

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): the same numbers for the same seed, everywhere.
struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A generator of its own for the `index`-th part of something that has one seed.
  init(seed: UInt64, part index: UInt64) {
    var mix = SeededRandom(seed: seed ^ (index &* 0x9E37_79B9_7F4A_7C15))
    state = mix.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from the range. The bias of a 64-bit remainder is of no matter to a test.
  mutating func number(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[number(0...choices.count - 1)]
  }

  /// True in one of `chances` cases.
  mutating func oneIn(_ chances: Int) -> Bool { number(1...chances) == 1 }
}
