// SPDX-License-Identifier: Apache-2.0

/// What a synthetic store itself knows of one launch, by its own readings of the clock and its own
/// counters: what the harness must find.
public struct LaunchTruth: Hashable, Sendable {
  /// One operation, in nanoseconds by the measurement clock.
  public struct Operation: Hashable, Sendable {
    /// The number of its message.
    public var sequence: UInt64
    /// Since an origin that all operations of the launch share.
    public var begin: Double
    public var end: Double
    /// What the script asked for; the host may have made it longer.
    public var scripted: Double
    /// Whether it met a scripted stall.
    public var isStalled: Bool

    public var taken: Double { end - begin }

    public init(
      sequence: UInt64, begin: Double, end: Double, scripted: Double, isStalled: Bool = false
    ) {
      self.sequence = sequence
      self.begin = begin
      self.end = end
      self.scripted = scripted
      self.isStalled = isStalled
    }
  }

  /// Those of the measured phase, one or two at its edges uncertain.
  public var operations: [Operation]
  /// Operations for which the record had no room; none in a launch as long as planned.
  public var unrecorded = 0
  /// Faults that the store committed, by the counter in which each must show.
  public var faults = Integrity()
  /// Whether a worker has left its CPU, or moved a page of its memory, as it was told.
  public var isSabotaged = false
  /// The longest time for which a loop that does nothing but read the clock was kept from it.
  public var longestHoldUp = 0.0
  public var elapsed = Elapsed()

  /// The same stretch by two clocks, in nanoseconds.
  public struct Elapsed: Hashable, Sendable {
    public var measured = 0.0
    /// `CLOCK_MONOTONIC`.
    public var monotonic = 0.0

    public init() {}
  }

  public init(operations: [Operation] = []) { self.operations = operations }

  /// Times from the intended start to the end, when one message is due every `interval` nanoseconds.
  ///
  /// The store knows no schedule but that its starts are evenly spaced and that nobody starts early:
  /// then the message that started earliest for its number was on time.
  func responses(interval: Double) -> [Double] {
    let anchor = operations.map { $0.begin - Double($0.sequence) * interval }.min() ?? 0
    return operations.map { $0.end - anchor - Double($0.sequence) * interval }
  }
}
