// SPDX-License-Identifier: Apache-2.0

/// Every check, in the order in which they are run.
public enum Suite {
  public static let checks: [Check] =
    OrderChecks.all + StrategyChecks.all + CapacityChecks.all + PayloadChecks.all
    + TimeoutChecks.all + EndChecks.all + SerializerChecks.all + CounterChecks.all
    + ModelChecks.all + CrashChecks.all
}
