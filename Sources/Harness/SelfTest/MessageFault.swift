// SPDX-License-Identifier: Apache-2.0

/// What may happen to a message, by the counter in which it must show.
public enum MessageFault: String, Codable, CaseIterable, Sendable {
  case lost, duplicated
  /// It arrives after its successor.
  case reordered
  /// One bit of its body differs.
  case corrupt
  /// Its beginning and its end are of two messages.
  case torn

  /// How many of these were counted.
  public func count(in integrity: Integrity) -> Int {
    switch self {
    case .lost: integrity.lost
    case .duplicated: integrity.duplicated
    case .reordered: integrity.reordered
    case .corrupt: integrity.corrupt
    case .torn: integrity.torn
    }
  }

  /// Counters that say this alone.
  public func counted(_ count: Int) -> Integrity {
    switch self {
    case .lost: Integrity(lost: count)
    case .duplicated: Integrity(duplicated: count)
    case .reordered: Integrity(reordered: count)
    case .corrupt: Integrity(corrupt: count)
    case .torn: Integrity(torn: count)
    }
  }
}
