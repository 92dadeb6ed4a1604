// SPDX-License-Identifier: Apache-2.0

/// A build that makes launches for a gate: a process that speaks ``LaunchProtocol``, or a test's stand-in.
public protocol GateContender: AnyObject {
  var side: GateSide { get }
  var hello: LaunchHello { get }
  /// - Throws: `GateError`.
  func check(_ cell: Cell) throws(GateError) -> LaunchReply
  /// - Throws: `GateError` when there is no answer; a launch that failed is one.
  func launch(_ order: LaunchOrder) throws(GateError) -> LaunchReply
}
