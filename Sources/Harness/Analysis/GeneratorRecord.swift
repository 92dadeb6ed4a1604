// SPDX-License-Identifier: Apache-2.0

/// What the load generator of an open load says of itself in one launch.
public struct GeneratorRecord: Codable, Hashable, Sendable {
  /// Nanoseconds that it takes for a message beside sending it: no schedule can be closer.
  public var costNanoseconds: Double
  /// How far the next message was behind its intended start when the launch ended; 0 when it was not
  /// due yet.
  public var behind: Nanoseconds

  enum CodingKeys: String, CodingKey {
    case costNanoseconds = "cost_ns"
    case behind = "behind_ns"
  }

  public init(costNanoseconds: Double, behind: Nanoseconds) {
    self.costNanoseconds = costNanoseconds
    self.behind = behind
  }
}

extension CellMetrics {
  /// A generator that needs more than this share of the interval between messages has none left to be
  /// held up in: its own pace is what is measured.
  static let generatorShare = 0.5

  /// Whether the generator, rather than what it drives, is too slow for a rate.
  public func isGeneratorTooSlow(for rate: Rate) -> Bool {
    guard let generatorCost else { return false }
    return generatorCost > Self.generatorShare * 1e9 / Double(rate.perSecond)
  }
}
