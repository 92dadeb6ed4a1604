// SPDX-License-Identifier: Apache-2.0

extension IndexBitmap: SetAlgebra {
  /// Whether the set holds `member`; false for a number no set can hold.
  public func contains(_ member: Int) -> Bool {
    guard member >= 0, member / 64 < words.count else { return false }
    return words[member / 64] >> UInt64(member % 64) & 1 == 1
  }

  /// Adds a number.
  ///
  /// - Precondition: `newMember` is within `0...maximumIndex`.
  @discardableResult
  public mutating func insert(_ newMember: Int) -> (inserted: Bool, memberAfterInsert: Int) {
    let inserted = !contains(newMember)
    setBit(newMember, true)
    return (inserted, newMember)
  }

  /// Adds a number; returns it when the set held it already.
  ///
  /// - Precondition: `newMember` is within `0...maximumIndex`.
  @discardableResult
  public mutating func update(with newMember: Int) -> Int? {
    insert(newMember).inserted ? nil : newMember
  }

  /// Takes a number out; nil when the set did not hold it.
  @discardableResult
  public mutating func remove(_ member: Int) -> Int? {
    guard contains(member) else { return nil }
    setBit(member, false)
    return member
  }

  public mutating func formUnion(_ other: Self) { combine(other, |) }

  public mutating func formIntersection(_ other: Self) { combine(other, &) }

  public mutating func formSymmetricDifference(_ other: Self) { combine(other, ^) }

  public func union(_ other: Self) -> Self {
    var result = self
    result.formUnion(other)
    return result
  }

  public func intersection(_ other: Self) -> Self {
    var result = self
    result.formIntersection(other)
    return result
  }

  public func symmetricDifference(_ other: Self) -> Self {
    var result = self
    result.formSymmetricDifference(other)
    return result
  }

  public mutating func subtract(_ other: Self) { combine(other) { $0 & ~$1 } }

  public func subtracting(_ other: Self) -> Self {
    var result = self
    result.subtract(other)
    return result
  }

  // Written out, because the defaults build a set to throw away, and every walk over a machine
  // asks these of each object.

  public func isSubset(of other: Self) -> Bool {
    words.count <= other.words.count
      && words.indices.allSatisfy { words[$0] & ~other.words[$0] == 0 }
  }

  public func isDisjoint(with other: Self) -> Bool {
    zip(words, other.words).allSatisfy { $0 & $1 == 0 }
  }
}

extension IndexBitmap: Sequence {
  /// Walks the numbers in rising order.
  public struct Iterator: IteratorProtocol {
    private let words: [UInt64]
    private var word = 0
    private var rest: UInt64

    init(_ words: [UInt64]) {
      self.words = words
      rest = words.first ?? 0
    }

    public mutating func next() -> Int? {
      while rest == 0 {
        word += 1
        guard word < words.count else { return nil }
        rest = words[word]
      }
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      return word * 64 + bit
    }
  }

  public func makeIterator() -> Iterator { Iterator(words) }

  /// The exact count, so that arrays made from a set allocate once.
  public var underestimatedCount: Int { count }
}
