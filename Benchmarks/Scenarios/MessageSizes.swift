// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// The sizes of messages that are not all of one size: those of a trace.
struct MessageSizes: Sendable {
  private let trace: TraceTable
  let largest: Int

  /// Nil for a load whose messages all have the cell's size.
  init?(_ trace: TraceTable?) {
    guard let trace, let largest = trace.largestSize else { return nil }
    self.trace = trace
    self.largest = largest
  }

  @inline(__always)
  func byteCount(of sequence: UInt64) -> Int { trace.size(of: sequence) }
}
