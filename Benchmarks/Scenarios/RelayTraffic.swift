// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Serialization
internal import Transport

/// What stands between a producer and the customers of another node.
enum RelayTraffic {
  /// Copies messages until the stream has ended, and waits for its customers.
  ///
  /// What it did not get, or had to discard, each of them is without.
  static func relay(
    _ ends: inout Ends, toCustomers customers: Int, _ session: WorkerSession
  ) throws -> WorkerReport {
    var replica = try Replica<Frame>(of: try ends.takeCustomer(), into: try ends.takeProducer())
    loop: while true {
      switch try replica.carry(timeout: Patience.perMessage) {
      case .item, .byDefault: break
      case .timedOut: try StreamTraffic.giveUpIfAborted(session)
      case .ended: break loop
      }
    }
    _ = replica.drain(timeout: Patience.toDrain)
    var report = WorkerReport()
    report.integrity.dropped = (replica.missedCount + replica.discardedCount) * customers
    return report
  }
}
