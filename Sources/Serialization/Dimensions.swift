// SPDX-License-Identifier: Apache-2.0

/// A shape or strides held in place, so that reading a header allocates nothing.
public struct Dimensions: RandomAccessCollection, Sendable {
  /// The most dimensions a frame can have.
  ///
  /// Inference engines stop at 8 as well, and two times eight words keep a header copy to four
  /// cache lines.
  public static let maximumCount = 8

  @usableFromInline var storage: [8 of Int]

  @usableFromInline var used: Int

  /// How many dimensions there are; 0 for a scalar.
  @inlinable public var count: Int { used }

  /// No dimensions.
  @inlinable public init() {
    storage = .init(repeating: 0)
    used = 0
  }

  /// Copies `values`; nil when there are more than ``maximumCount``.
  public init?(_ values: some Collection<Int>) {
    self.init()
    for value in values {
      guard append(value) else { return nil }
    }
  }

  /// Adds a dimension; false, and nothing added, when all places are taken.
  @inlinable mutating func append(_ value: Int) -> Bool {
    guard used < Self.maximumCount else { return false }
    storage[used] = value
    used &+= 1
    return true
  }

  /// The first position, 0.
  @inlinable public var startIndex: Int { 0 }

  /// The position after the last, ``count``.
  @inlinable public var endIndex: Int { used }

  /// The dimension at `position`; traps when there is none.
  @inlinable public subscript(position: Int) -> Int {
    precondition(position >= 0 && position < used, "dimension out of range")
    return storage[position]
  }
}

extension Dimensions: Equatable {
  /// Whether both have the same dimensions in the same order.
  public static func == (left: Self, right: Self) -> Bool {
    left.elementsEqual(right)
  }
}

extension Dimensions: CustomStringConvertible {
  /// The dimensions as an array's text.
  public var description: String { Array(self).description }
}
