// SPDX-License-Identifier: Apache-2.0

/// Which of the items between its cursor and the head a customer takes.
public enum Strategy: Hashable, Sendable, Codable {
  /// Every item, in order.
  case all
  /// The newest item; those before it are passed over without being transferred.
  case latest
  /// Passes over `count` items, then takes one: items `count`, `2 count + 1`, …
  case skip(count: UInt32)
  /// What the customer's process registered under this name; see ``StrategyRegistry``.
  case named(String)
}

/// What a wait of a customer found.
public enum Availability: Hashable, Sendable {
  case ready
  case timedOut
  /// The stream has ended and every item was delivered.
  case ended
}

/// What a get delivered.
public enum Delivery<Value> {
  case item(Value)
  /// There was nothing, and the customer has a default value.
  case byDefault(Value)
  /// Nothing came within the timeout.
  case timedOut
  /// The stream has ended and every item was delivered.
  case ended

  /// The item or the default; nil when there was neither.
  public var value: Value? {
    switch self {
    case .item(let value), .byDefault(let value): value
    case .timedOut, .ended: nil
    }
  }
}

extension Delivery: Sendable where Value: Sendable {}
