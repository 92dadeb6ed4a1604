// SPDX-License-Identifier: Apache-2.0

/// Collects what a sender measures while its receiver has a slice open, slice by slice.
///
/// What belongs to a slice is put away at the first message after it, which no slice counts.
public struct SenderRecorder {
  private let session: WorkerSession
  private var recorder = LatencyRecorder()
  private var slice: UInt32 = 0
  private var kept: [WorkerReport.SenderSlice] = []

  public init(session: WorkerSession) { self.session = session }

  /// Counts one value, unless no slice is open.
  @inline(__always)
  public mutating func record(nanoseconds: UInt64) {
    let now = session.sliceNumber
    if now != slice { turn(to: now) }
    if now & 1 == 1 { recorder.record(nanoseconds: nanoseconds) }
  }

  @inline(never)
  private mutating func turn(to next: UInt32) {
    let pairs = recorder.take()
    if !pairs.isEmpty { kept.append(.init(number: slice, pairs: PairCoding.encode(pairs))) }
    slice = next
  }

  /// Everything so far, by slice.
  public mutating func take() -> [WorkerReport.SenderSlice] {
    turn(to: slice)
    defer { kept = [] }
    return kept
  }
}
