// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory

/// What a user strategy may look at: counters alone, so that nothing is transferred to decide.
public struct StrategyCounters: Hashable, Sendable {
  /// The item that comes next.
  public let cursor: UInt64
  /// The item after the newest one published; above ``cursor``.
  public let head: UInt64
  /// Items passed over since the last one was taken.
  public let skippedSinceTaken: UInt64
  /// Items passed over since the customer attached.
  public let skipped: UInt64
  /// Items that the ring holds at most.
  public let capacity: Int
  /// Whether the item before ``head`` is the stream's last.
  public let hasEnded: Bool

  /// Items that are there; at least 1.
  public var lag: UInt64 { head &- cursor }

  /// Counters made up, for trying a strategy out.
  public init(
    cursor: UInt64, head: UInt64, skippedSinceTaken: UInt64 = 0, skipped: UInt64 = 0,
    capacity: Int = 100, hasEnded: Bool = false
  ) {
    self.cursor = cursor
    self.head = head
    self.skippedSinceTaken = skippedSinceTaken
    self.skipped = skipped
    self.capacity = capacity
    self.hasEnded = hasEnded
  }
}

/// What a user strategy decides.
public enum StrategyDecision: Hashable, Sendable {
  /// Passes over that many items and takes the next. When there are no more than those, what is there
  /// is passed over and the strategy is asked again when more has come.
  case take(passing: UInt64)
  /// Passes over nothing yet: more must come first. At the end of the stream, when nothing can come,
  /// what is left is passed over; in a full ring, where nothing can come either, it is an error.
  case waitForMore
}

/// Strategies by name, beside `.all`, `.latest` and `.skip`: REIP's strategy table, open to users.
///
/// A strategy crosses to another process as its name; the process of the customer must have
/// registered it.
public final class StrategyRegistry: Sendable {
  /// Decides by counters alone which item comes next.
  ///
  /// Called on the customer's thread whenever it looks for an item and there is one; it should be
  /// quick, and with the same counters decide the same.
  public typealias Rule = @Sendable (StrategyCounters) -> StrategyDecision

  /// The registry that ``Strategy/named(_:)`` means.
  public static let standard = StrategyRegistry()

  /// What the other cases of ``Strategy`` are called, which a user strategy cannot be.
  private static let builtInNames = ["all", "latest", "skip"]

  private let rules = Guarded<[String: Rule]>([:])

  public init() {}

  /// Adds a strategy.
  ///
  /// - Parameter name: lower-case letters, digits and `-`.
  /// - Throws: `.invalidArgument` when the name is taken, also by `all`, `latest` and `skip`, or holds
  ///   anything else.
  public func register(_ name: String, _ rule: @escaping Rule) throws(TransportError) {
    let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-"
    guard !name.isEmpty, name.utf8.allSatisfy(allowed.utf8.contains) else {
      throw TransportError(
        .invalidArgument, "'\(name)' is no strategy name; use lower-case letters, digits and '-'")
    }
    let isNew =
      !Self.builtInNames.contains(name)
      && rules.withLock { rules in
        guard rules[name] == nil else { return false }
        rules[name] = rule
        return true
      }
    guard isNew else {
      throw TransportError(
        .invalidArgument, "a strategy called '\(name)' exists; register under another name")
    }
  }

  /// The strategy called `name`.
  /// - Throws: `.unknownStrategy` with the nearest name.
  public func rule(named name: String) throws(TransportError) -> Rule {
    let (found, known) = rules.withLock { ($0[name], $0.keys.sorted()) }
    if let found { return found }
    let names = Self.builtInNames + known
    let nearest = NearestName(to: name, among: names).name
    throw TransportError(
      .unknownStrategy(nearest: nearest),
      "no strategy is called '\(name)' in this process; "
        + (nearest.map { "did you mean '\($0)'? " } ?? "")
        + "register it before the customer attaches; known: \(names.joined(separator: ", "))")
  }

  /// Every registered name, sorted; those of the built-in strategies are not among them.
  public var names: [String] { rules.withLock { $0.keys.sorted() } }
}
