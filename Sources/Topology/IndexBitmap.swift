// SPDX-License-Identifier: Apache-2.0

/// The numbers in a bitmap are CPUs as the kernel numbers them.
public enum CPUIndices {}

/// The numbers in a bitmap are NUMA nodes as the kernel numbers them.
public enum NodeIndices {}

/// CPUs by the kernel's number, as in `sched_setaffinity`, `taskset` and `/proc`.
public typealias CPUSet = IndexBitmap<CPUIndices>

/// NUMA nodes by the kernel's number, as in `mbind`, `numactl` and `/sys/devices/system/node`.
public typealias NodeSet = IndexBitmap<NodeIndices>

/// A set of small numbers as the kernel keeps them: bit `i % 64` of word `i / 64` is number `i`.
///
/// The type parameter only keeps CPUs and nodes apart: a `CPUSet` cannot be passed as a `NodeSet`.
public struct IndexBitmap<Indices>: Hashable, Sendable {
  /// The largest number a set may hold. The largest kernels are built for 8192 CPUs; the limit
  /// keeps a list such as "0-4000000000" from taking memory.
  public static var maximumIndex: Int { 65_535 }

  /// The bitmap, without trailing zero words, in the layout `sched_setaffinity` takes.
  public private(set) var words: [UInt64]

  /// An empty set.
  public init() {
    words = []
  }

  /// The set whose bitmap is `words`; trailing zero words are dropped.
  ///
  /// - Precondition: no number above ``maximumIndex``.
  public init(words: [UInt64]) {
    self.words = words
    trim()
    precondition(
      self.words.count * 64 <= Self.maximumIndex + 1, "a set holds numbers up to 65535")
  }

  /// The numbers in `range`.
  ///
  /// - Precondition: the range is within `0...maximumIndex`.
  public init(_ range: ClosedRange<Int>) {
    self.init()
    for index in range { insert(index) }
  }

  /// How many numbers the set holds.
  public var count: Int {
    words.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// The smallest number, nil in an empty set.
  public var first: Int? {
    guard let word = words.firstIndex(where: { $0 != 0 }) else { return nil }
    return word * 64 + words[word].trailingZeroBitCount
  }

  /// The largest number, nil in an empty set.
  public var last: Int? {
    guard let top = words.last else { return nil }
    return words.count * 64 - 1 - top.leadingZeroBitCount
  }

  /// Whether the set holds no number.
  public var isEmpty: Bool { words.isEmpty }

  /// Exactly `count` words for a C call that takes a fixed mask; nil when the set needs more.
  public func words(count: Int) -> [UInt64]? {
    guard count >= words.count else { return nil }
    return words + Array(repeating: 0, count: count - words.count)
  }

  mutating func combine(_ other: Self, _ operation: (UInt64, UInt64) -> UInt64) {
    let length = Swift.max(words.count, other.words.count)
    words.append(contentsOf: repeatElement(0, count: length - words.count))
    for index in 0..<length {
      let right = index < other.words.count ? other.words[index] : 0
      words[index] = operation(words[index], right)
    }
    trim()
  }

  mutating func setBit(_ index: Int, _ value: Bool) {
    precondition((0...Self.maximumIndex).contains(index), "a set holds numbers up to 65535")
    let word = index / 64
    if word >= words.count {
      guard value else { return }
      words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
    }
    let bit = UInt64(1) << UInt64(index % 64)
    words[word] = value ? words[word] | bit : words[word] & ~bit
    trim()
  }

  /// Equal sets must have equal words, or `==` and hashing would lie.
  private mutating func trim() {
    while words.last == 0 { words.removeLast() }
  }
}
