// SPDX-License-Identifier: Apache-2.0
//
// The entries of a trace in memory that workers inherit, for boards hold short texts only:
//
//      0  magic u64
//      8  count u64 · period u64 in nanoseconds · largest size u64, 0 for a trace without sizes
//     64  start of message n, in nanoseconds from the first: u64
//      …  size of message n in bytes: u64, in a trace with sizes
internal import SharedMemory

/// The starts of a trace and the sizes of its messages, the same in every process of a launch.
public struct TraceTable: Sendable {
  private static let magic: UInt64 = 0x4543_4152_5452_4957  // "WIRTRACE"
  private static let entriesOffset = 64

  let segment: Segment
  public let count: Int
  /// From the first start to its repetition, in nanoseconds.
  public let period: UInt64
  /// Nil for a trace without sizes.
  public let largestSize: Int?

  /// - Parameters:
  ///   - starts: ascending, the first of them 0, in nanoseconds.
  ///   - sizes: as many, or none.
  /// - Precondition: there are two starts or more, and the last is later than the first.
  init(starts: [UInt64], sizes: [UInt64]) throws(SharedMemoryError) {
    precondition(starts.count > 1 && (sizes.isEmpty || sizes.count == starts.count))
    let last = starts[starts.count - 1]
    let words = starts.count + sizes.count
    segment = try Segment.create(byteCount: Self.entriesOffset + words * 8, label: "trace")
    count = starts.count
    period = last + max(1, last / UInt64(starts.count - 1))
    largestSize = sizes.max().map { Int($0) }
    segment.uint64(at: 8).storeRelaxed(UInt64(count))
    segment.uint64(at: 16).storeRelaxed(period)
    segment.uint64(at: 24).storeRelaxed(sizes.max() ?? 0)
    for (index, word) in starts.enumerated() { self.word(index).storeRelaxed(word) }
    for (index, word) in sizes.enumerated() { self.word(count + index).storeRelaxed(word) }
    segment.uint64(at: 0).storeRelease(Self.magic)
  }

  /// Opens the table that a harness left in an inherited descriptor, and touches it: a page that is
  /// first seen while a clock runs makes a message late.
  init(attaching descriptor: CInt) throws(SharedMemoryError) {
    segment = try Segment.attach(descriptor: descriptor, readOnly: true)
    guard segment.byteCount >= Self.entriesOffset,
      segment.uint64(at: 0).loadAcquire() == Self.magic
    else {
      throw SharedMemoryError(
        .corrupt, "the inherited segment is no trace; run the same build throughout")
    }
    let count = segment.uint64(at: 8).loadRelaxed()
    let largest = segment.uint64(at: 24).loadRelaxed()
    let words = (segment.byteCount - Self.entriesOffset) / 8
    guard count > 1, count <= UInt64(words / (largest > 0 ? 2 : 1)), largest < 1 << 62 else {
      throw SharedMemoryError(.corrupt, "the trace's count \(count) is damaged; run again")
    }
    self.count = Int(count)
    period = segment.uint64(at: 16).loadRelaxed()
    largestSize = largest > 0 ? Int(largest) : nil
    try segment.populate(.forReading)
  }

  /// Nanoseconds from the first start to that of message `number`, which may lie in a repetition.
  public func start(of number: UInt64) -> UInt64 {
    let (repetition, index) = number.quotientAndRemainder(dividingBy: UInt64(count))
    return repetition &* period &+ word(Int(index)).loadRelaxed()
  }

  /// Bytes of message `number`, at most ``largestSize``.
  /// - Precondition: the trace has sizes.
  public func size(of number: UInt64) -> Int {
    guard let largestSize else { preconditionFailure("the trace has no sizes") }
    let index = Int(number % UInt64(count))
    return Int(min(word(count + index).loadRelaxed(), UInt64(largestSize)))
  }

  private func word(_ index: Int) -> SharedUInt64 {
    segment.uint64(at: Self.entriesOffset + index * 8)
  }
}
