// SPDX-License-Identifier: Apache-2.0

/// What both ends of a ring must know beyond its layout, because it changes how they meet.
///
/// Written by the producer before any customer can attach; an end that finds a rule it does not know
/// must stay away.
public struct RingRules: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The producer may take unread items away: a customer's cursor is moved under its lease, and the
  /// head is stored for every item.
  public static let itemsCanBeTaken = RingRules(rawValue: 1 << 0)

  /// The segment is to stay in base pages, whoever touches them first.
  public static let basePages = RingRules(rawValue: 1 << 1)

  /// Every rule of this build.
  public static let known: RingRules = [.itemsCanBeTaken, .basePages]
}

extension RingControl {
  /// The rules of this ring.
  public var ruleSet: RingRules { RingRules(rawValue: rules.loadAcquire()) }

  /// Adds rules to a fresh ring.
  public func add(_ added: RingRules) {
    // Release: pairs with the acquire in `ruleSet`.
    rules.storeRelease(ruleSet.union(added).rawValue)
  }
}
