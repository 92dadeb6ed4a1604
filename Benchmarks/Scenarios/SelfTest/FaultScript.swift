// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// Which messages something happens to: seeded, so that a self-test can be repeated.
struct FaultScript {
  private let kinds: [MessageFault]
  private var random: Xoshiro256
  private var due: UInt64
  private var left = FaultScript.most

  /// Messages from one fault to the next, on average.
  private static let spacing: UInt64 = 50
  /// Of one launch: fewer than the gaps that a receiver keeps apart.
  static let most = 1000

  init(_ kinds: [MessageFault], seed: Int) {
    self.kinds = kinds
    random = Xoshiro256(seed: UInt64(bitPattern: Int64(seed)))
    due = 1 + random.below(2 * Self.spacing)
  }

  /// What happens to message `sequence`; asked once for each, in order.
  mutating func fault(of sequence: UInt64) -> MessageFault? {
    guard sequence >= due, left > 0, !kinds.isEmpty else { return nil }
    left -= 1
    due = sequence + 1 + random.below(2 * Self.spacing)
    return kinds[Int(random.below(UInt64(kinds.count)))]
  }

  /// A bit of a body of so many bits.
  mutating func bit(of count: Int) -> Int { Int(random.below(UInt64(count))) }
}
