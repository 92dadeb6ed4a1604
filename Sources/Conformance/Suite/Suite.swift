// SPDX-License-Identifier: Apache-2.0
internal import Transport

/// Every check, in the order in which they are run.
public enum Suite {
  public static let checks: [Check] =
    OrderChecks.all + StrategyChecks.all + CapacityChecks.all + PayloadChecks.all
    + TimeoutChecks.all + EndChecks.all + SerializerChecks.all + CounterChecks.all
    + ModelChecks.all + CrashChecks.all

  /// The same as a list, with how often each is run for a store.
  public static var listed: [ListedCheck] {
    checks.map { check in
      let cases = StoreKind.allCases.map { ($0.rawValue, check.examples(of: $0).count) }
      return ListedCheck(
        id: check.id, statement: check.statement, cases: Dictionary(uniqueKeysWithValues: cases))
    }
  }
}

/// A check as it is listed, whichever suite it belongs to.
public struct ListedCheck: Sendable {
  public let id: String
  public let statement: String
  /// Examples by the name of the store; 0 where it says nothing.
  public let cases: [String: Int]

  package init(id: String, statement: String, cases: [String: Int]) {
    self.id = id
    self.statement = statement
    self.cases = cases
  }
}
