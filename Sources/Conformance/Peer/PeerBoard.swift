// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// What a peer is doing, in memory that survives it: phase u32 at 0, items done u64 at 8, items
/// begun u64 at 16.
struct PeerBoard: Sendable {
  enum Phase: UInt32, CaseIterable, Sendable {
    case idle = 0
    case attaching, firstItem, working, waiting, pausing, ending, finished

    /// As in a report: `first-item`.
    var name: String { self == .firstItem ? "first-item" : "\(self)" }
  }

  let segment: Segment
  private let phaseWord: SharedUInt32
  private let doneWord: SharedUInt64
  private let begunWord: SharedUInt64

  static let byteCount = 64

  init(_ segment: Segment) {
    self.segment = segment
    phaseWord = segment.uint32(at: 0)
    doneWord = segment.uint64(at: 8)
    begunWord = segment.uint64(at: 16)
  }

  func reset() {
    phaseWord.storeRelease(Phase.idle.rawValue)
    doneWord.storeRelease(0)
    begunWord.storeRelease(0)
  }

  // Release: each pairs with the acquire of the reader below, in the other process.
  func enter(_ phase: Phase) { phaseWord.storeRelease(phase.rawValue) }
  func count(_ done: Int) { doneWord.storeRelease(UInt64(done)) }
  func begin(_ item: Int) { begunWord.storeRelease(UInt64(item)) }

  var phase: Phase { Phase(rawValue: phaseWord.loadAcquire()) ?? .idle }
  var done: Int { Int(clamping: doneWord.loadAcquire()) }
  var begun: Int { Int(clamping: begunWord.loadAcquire()) }
}
