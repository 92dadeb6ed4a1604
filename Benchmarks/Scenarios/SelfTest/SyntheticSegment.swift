// SPDX-License-Identifier: Apache-2.0
//
// What the ends of a synthetic store share with each other and with the harness: a ring of messages, and
// what each end knows to be true.
//
//      0  recorder: operations recorded · not recorded · longest hold-up ·
//         four clock readings (ticks and CLOCK_MONOTONIC, at begin and end) · sabotaged u64 each
//    256  sender: lost · duplicated · reordered · corrupt · torn · longest hold-up     u64 each
//    512  messages put, u64      640  messages released, u64      768  ended, u64
//   4096  slots: begin in ticks · stalled, u64 each · message; 256 bytes or more each
//      …  operations: sequence, begin, end, scripted in ticks, u64 each; bit 63 of scripted: stalled
//
// The harness reads it when both ends are gone.
internal import Harness
internal import SharedMemory

struct SyntheticSegment {
  let segment: Segment
  let slotCount: Int
  let messageByteCount: Int
  let operationLimit: Int

  private static let senderOffset = 256
  private static let slotsOffset = 4096
  private static let slotHead = 16
  private static let operationByteCount = 32
  static let stalledBit: UInt64 = 1 << 63

  init(_ segment: Segment, _ cell: Cell, _ script: SyntheticScript) {
    self.segment = segment
    slotCount = cell.depth
    messageByteCount = cell.size.bytes
    operationLimit = script.operationLimit
  }

  static func create(_ cell: Cell, _ script: SyntheticScript) throws -> SyntheticSegment {
    let bytes =
      operationsOffset(cell.depth, cell.size.bytes) + script.operationLimit * operationByteCount
    return SyntheticSegment(
      try Segment.create(byteCount: bytes, label: "selftest"), cell, script)
  }

  private static func slotByteCount(_ messageByteCount: Int) -> Int {
    (slotHead + messageByteCount + 255) / 256 * 256
  }

  private static func operationsOffset(_ slots: Int, _ messageByteCount: Int) -> Int {
    slotsOffset + slots * slotByteCount(messageByteCount)
  }

  // MARK: The ring

  var put: SharedUInt64 { segment.uint64(at: 512) }
  var released: SharedUInt64 { segment.uint64(at: 640) }
  var ended: SharedUInt64 { segment.uint64(at: 768) }

  private func slot(_ position: UInt64) -> Int {
    Self.slotsOffset + Int(position % UInt64(slotCount)) * Self.slotByteCount(messageByteCount)
  }

  func begin(_ position: UInt64) -> SharedUInt64 { segment.uint64(at: slot(position)) }
  func stalled(_ position: UInt64) -> SharedUInt64 { segment.uint64(at: slot(position) + 8) }
  func message(_ position: UInt64) -> SharedBytes {
    segment.bytes(at: slot(position) + Self.slotHead, count: messageByteCount)
  }

  // MARK: What is true

  enum RecorderWord: Int {
    case recorded, unrecorded, holdUp, beginTicks, beginTime, endTicks, endTime, sabotaged
  }

  func word(_ word: RecorderWord) -> SharedUInt64 { segment.uint64(at: word.rawValue * 8) }

  func faultCount(_ fault: MessageFault) -> SharedUInt64 {
    let place = MessageFault.allCases.firstIndex(of: fault) ?? 0
    return segment.uint64(at: Self.senderOffset + place * 8)
  }

  var senderHoldUp: SharedUInt64 {
    segment.uint64(at: Self.senderOffset + MessageFault.allCases.count * 8)
  }

  /// Word 0 to 3 of an operation.
  func operation(_ index: Int, _ word: Int) -> SharedUInt64 {
    segment.uint64(
      at: Self.operationsOffset(slotCount, messageByteCount) + index * Self.operationByteCount
        + word * 8)
  }
}

extension SyntheticSegment {
  /// Everything that the ends left, once they are gone.
  func truth(_ clock: MeasurementClock) -> LaunchTruth {
    func nanoseconds(_ ticks: UInt64) -> Double { Double(ticks) * clock.nanosecondsPerTick }
    let count = min(Int(word(.recorded).loadAcquire()), operationLimit)
    // Small numbers keep their fractions.
    let origin = count > 0 ? operation(0, 1).loadRelaxed() : 0
    var truth = LaunchTruth(
      operations: (0..<count).map { index in
        let scripted = operation(index, 3).loadRelaxed()
        return LaunchTruth.Operation(
          sequence: operation(index, 0).loadRelaxed(),
          begin: nanoseconds(operation(index, 1).loadRelaxed() &- origin),
          end: nanoseconds(operation(index, 2).loadRelaxed() &- origin),
          scripted: nanoseconds(scripted & ~Self.stalledBit),
          isStalled: scripted & Self.stalledBit != 0)
      })
    truth.unrecorded = Int(word(.unrecorded).loadRelaxed())
    for fault in MessageFault.allCases {
      truth.faults = truth.faults + fault.counted(Int(faultCount(fault).loadRelaxed()))
    }
    truth.longestHoldUp = nanoseconds(max(word(.holdUp).loadRelaxed(), senderHoldUp.loadRelaxed()))
    truth.isSabotaged = word(.sabotaged).loadAcquire() != 0
    truth.elapsed.measured = nanoseconds(
      word(.endTicks).loadRelaxed() &- word(.beginTicks).loadRelaxed())
    truth.elapsed.monotonic = Double(
      word(.endTime).loadRelaxed() &- word(.beginTime).loadRelaxed())
    return truth
  }
}
