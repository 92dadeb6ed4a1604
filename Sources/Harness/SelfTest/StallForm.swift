// SPDX-License-Identifier: Apache-2.0

/// A store whose put blocks for `length` once every `period`, under an evenly spaced open load.
///
/// Of the messages that are due, a share `length / period` comes while the store blocks, and waits for
/// what is left of the stall: evenly spread between 0 and `length`. So a share `length / period · (1 -
/// w / length)` of all waits longer than w. Who stamps the actual start instead of the intended one
/// (coordinated omission: G. Tene) sees one slow message in each period.
public struct StallForm: Hashable, Codable, Sendable {
  public var period: Nanoseconds
  public var length: Nanoseconds

  /// - Precondition: a stall is shorter than its period, and not empty.
  public init(period: Nanoseconds, length: Nanoseconds) {
    precondition(length.count > 0 && length < period, "a stall ends before the next")
    self.period = period
    self.length = length
  }

  /// The response time that a share `quantile` of all messages does not exceed, in nanoseconds; what
  /// it takes to catch up afterwards is left out.
  public func response(_ quantile: Double) -> Double {
    max(0, Double(length.count) - (1 - quantile) * Double(period.count))
  }
}
