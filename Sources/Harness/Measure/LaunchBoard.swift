// SPDX-License-Identifier: Apache-2.0
//
// The segment through which a harness conducts one launch, layout version 3:
//
//      0  magic u64 · version u32 · workerCount u32
//    128  phase u32 (futex) · meeting u32 · origin u64: the clock when the warm-up began, in ticks
//    256  slice u32: odd while one is open · recorders u32 (futex): at work still · measured u64: the
//         clock when the measured phase began · last u64: number of the last message before a meeting
//         · leaders u32 · followers u32
//    384  line of the leader of a meeting: u32
//    512  line of its follower: u32
//    640  worker 0: state u32, process u32, 128 bytes
//    768  worker 1 …
//      …  per worker: assignmentByteCount u64, reportByteCount u64, assignment, report
//      …  start of message n at n modulo their number: u64, in ticks
//
// Phase and meeting are one 64-bit word to the ends, who look after every message: both words are
// what they should be, or something is to be done. Assignments and reports are JSON: they are written
// while no clock runs.
public import Foundation
public import SharedMemory

/// The phases of a launch, in order.
public enum Phase: UInt32, Sendable {
  case prepare = 0
  case warmup = 1
  case measure = 2
  /// Nothing is measured any more, but all go on until the last has closed its slice: a peer that
  /// stopped earlier would lighten the load of the others.
  case cooldown = 3
  /// Senders stop and end their streams; receivers take what is left.
  case drain = 4
  case abort = 5
}

/// What a worker has reached.
public enum WorkerState: UInt32, Sendable {
  case started = 0
  /// Attached, touched and verified: waits for the warm-up.
  case ready = 1
  case finished = 2
  case failed = 3
}

/// Handles to the words and texts of one launch's segment.
public struct LaunchBoard: Sendable {
  static let magic: UInt64 = 0x4452_414F_4252_4957  // "WIRBOARD"
  static let version: UInt32 = 3
  static let phaseOffset = 128
  private static let originOffset = 136
  static let slicesOffset = 256
  static let leaderOffset = 384
  static let followerOffset = 512
  private static let workersOffset = 640
  private static let workerStride = 128
  private static let assignmentCapacity = 1 << 18
  /// Histogram pairs and slices of one worker; untouched pages cost nothing.
  private static let reportCapacity = 1 << 24
  /// Of messages on their way, which a ring's depth bounds; untouched pages cost nothing.
  static let stampCount = 1 << 20

  public let segment: Segment
  public let workerCount: Int
  let phaseWord: SharedUInt32
  /// Phase and meeting together.
  let runWord: SharedUInt64

  /// Creates the board of a launch.
  public init(workerCount: Int) throws(SharedMemoryError) {
    let size = Self.byteCount(workerCount)
    try self.init(segment: try Segment.create(byteCount: size, label: "board"), workerCount)
    segment.uint32(at: 8).storeRelaxed(Self.version)
    segment.uint32(at: 12).storeRelaxed(UInt32(workerCount))
    segment.uint64(at: 0).storeRelease(Self.magic)
  }

  /// Opens the board that a harness left in an inherited descriptor.
  public init(attaching segment: Segment) throws(SharedMemoryError) {
    guard segment.byteCount > Self.workersOffset,
      segment.uint64(at: 0).loadAcquire() == Self.magic,
      segment.uint32(at: 8).loadRelaxed() == Self.version
    else {
      throw SharedMemoryError(
        .corrupt, "the inherited segment is no board; workers are started by `weir run` alone")
    }
    let count = Int(segment.uint32(at: 12).loadRelaxed())
    guard count > 0, count < 1 << 16, Self.byteCount(count) <= segment.byteCount else {
      throw SharedMemoryError(.corrupt, "the board's worker count \(count) is damaged; run again")
    }
    try self.init(segment: segment, count)
  }

  private init(segment: Segment, _ workerCount: Int) throws(SharedMemoryError) {
    self.segment = segment
    self.workerCount = workerCount
    phaseWord = segment.uint32(at: Self.phaseOffset)
    runWord = segment.uint64(at: Self.phaseOffset)
  }

  private static func textOffset(_ worker: Int, _ count: Int) -> Int {
    let first = (workersOffset + count * workerStride + 4095) / 4096 * 4096
    return first + worker * (assignmentCapacity + reportCapacity)
  }

  /// Behind the texts.
  private static func stampsOffset(_ count: Int) -> Int { textOffset(count, count) }

  private static func byteCount(_ count: Int) -> Int { stampsOffset(count) + stampCount * 8 }

  // MARK: Phase

  /// The phase now; a load of a line that changes a few times a slice.
  @inline(__always)
  public var phase: Phase { Phase(rawValue: phaseWord.loadAcquire()) ?? .abort }

  /// Moves all workers on.
  public func enter(_ phase: Phase) {
    // Release: pairs with the acquire in `phase`.
    phaseWord.storeRelease(phase.rawValue)
    phaseWord.wakeAll()
  }

  /// Sleeps until the phase is no longer `phase`.
  public func waitWhile(_ phase: Phase) {
    while phaseWord.loadAcquire() == phase.rawValue {
      _ = phaseWord.wait(while: phase.rawValue)
    }
  }

  /// The clock when the warm-up began: both ends of an open load reckon their schedule from it.
  var origin: UInt64 {
    get { segment.uint64(at: Self.originOffset).loadAcquire() }
    nonmutating set { segment.uint64(at: Self.originOffset).storeRelease(newValue) }
  }

  /// Where the start of message `sequence` is kept while it is on its way.
  func stamp(_ sequence: UInt64) -> SharedUInt64 {
    let place = Int(truncatingIfNeeded: sequence) & (Self.stampCount - 1)
    return segment.uint64(at: Self.stampsOffset(workerCount) + place * 8)
  }

  /// Makes the places of starts present in this process: their first touch would fall on every 512th
  /// message.
  func touchStamps() {
    let perPage = UInt64(Segment.pageByteCount / 8)
    for page in 0..<UInt64(Self.stampCount) / perPage { stamp(page * perPage).storeRelaxed(0) }
  }

  // MARK: Workers

  /// The process of a worker; 0 until it has begun.
  func process(of worker: Int) -> UInt32 { processWord(worker).loadAcquire() }

  func setProcess(_ process: UInt32, of worker: Int) {
    processWord(worker).storeRelease(process)
  }

  private func processWord(_ worker: Int) -> SharedUInt32 {
    precondition(worker >= 0 && worker < workerCount)
    return segment.uint32(at: Self.workersOffset + worker * Self.workerStride + 4)
  }

  public func state(of worker: Int) -> WorkerState {
    WorkerState(rawValue: stateWord(worker).loadAcquire()) ?? .failed
  }

  public func setState(_ state: WorkerState, of worker: Int) {
    stateWord(worker).storeRelease(state.rawValue)
  }

  private func stateWord(_ worker: Int) -> SharedUInt32 {
    precondition(worker >= 0 && worker < workerCount)
    return segment.uint32(at: Self.workersOffset + worker * Self.workerStride)
  }

  // MARK: Texts

  public func write(assignment: Data, of worker: Int) -> Bool {
    write(assignment, worker, slot: 0, offset: 16, capacity: Self.assignmentCapacity - 16)
  }

  public func assignment(of worker: Int) -> Data? {
    read(worker, slot: 0, offset: 16, capacity: Self.assignmentCapacity - 16)
  }

  public func write(report: Data, of worker: Int) -> Bool {
    write(report, worker, slot: 1, offset: Self.assignmentCapacity, capacity: Self.reportCapacity)
  }

  public func report(of worker: Int) -> Data? {
    read(worker, slot: 1, offset: Self.assignmentCapacity, capacity: Self.reportCapacity)
  }

  private func write(
    _ text: Data, _ worker: Int, slot: Int, offset: Int, capacity: Int
  ) -> Bool {
    guard text.count <= capacity else { return false }
    let base = Self.textOffset(worker, workerCount)
    segment.bytes(at: base + offset, count: text.count).copy(text.bytes, to: 0)
    segment.uint64(at: base + slot * 8).storeRelease(UInt64(text.count))
    return true
  }

  private func read(_ worker: Int, slot: Int, offset: Int, capacity: Int) -> Data? {
    let base = Self.textOffset(worker, workerCount)
    let count = segment.uint64(at: base + slot * 8).loadAcquire()
    guard count > 0, count <= UInt64(capacity) else { return nil }
    return segment.bytes(at: base + offset, count: Int(count)).read(offset: 0, count: Int(count)) {
      unsafe $0.withUnsafeBytes { unsafe Data($0) }
    }
  }
}
