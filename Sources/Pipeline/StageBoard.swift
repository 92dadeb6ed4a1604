// SPDX-License-Identifier: Apache-2.0
//
// What the stages of one pipeline and its conductor tell each other: a segment that every stage
// process maps, version 1.
//
//      0  magic u64 · version u32 · stageCount u32
//     16  terminate: an Interrupt, raised by the conductor      (level u32, wait point of 12 bytes)
//     32  stop u32, raised by the conductor
//    128  stage 0: end u32 · textByteCount u32 · processed u64 · emitted u64 · dropped u64
//                  skipped u64 · startedNs u64 · endedNs u64    written by the stage alone
//                  128: text, up to 1920 bytes of UTF-8
//   2176  stage 1 …
internal import Foundation
internal import SharedMemory
internal import Transport

struct StageBoard: Sendable {
  private static let magic: UInt64 = 0x4544_4F42_5249_4557  // "WEIRBODE"
  private static let version: UInt32 = 1
  private static let firstOffset = 128
  private static let stride = 2048
  private static let textOffset = 128
  static let textLimit = stride - textOffset
  static let stageLimit = 1024

  let segment: Segment
  let stageCount: Int
  /// Ends every wait of every stage.
  let terminate: Interrupt
  private let stop: SharedUInt32

  init(stageCount: Int) throws(PipelineError) {
    let (count, size) = (stageCount, Self.firstOffset + stageCount * Self.stride)
    guard count <= Self.stageLimit else {
      throw PipelineError(
        .invalidPipeline, "\(count) stages are too many; use up to \(Self.stageLimit)")
    }
    let segment: Segment
    do throws(SharedMemoryError) {
      segment = try Segment.create(byteCount: size, label: "stages")
    } catch {
      throw PipelineError(.startFailed, error.description)
    }
    segment.uint32(at: 8).storeRelaxed(Self.version)
    segment.uint32(at: 12).storeRelaxed(UInt32(count))
    // Release: pairs with the acquire in init(attaching:).
    segment.uint64(at: 0).storeRelease(Self.magic)
    self.init(segment, count)
  }

  /// - Throws: `.startFailed` when it is no board of this build.
  init(attaching segment: Segment) throws(PipelineError) {
    let count = Int(segment.uint32(at: 12).loadRelaxed())
    guard segment.byteCount >= Self.firstOffset, segment.uint64(at: 0).loadAcquire() == Self.magic,
      segment.uint32(at: 8).loadRelaxed() == Self.version, count <= Self.stageLimit,
      segment.byteCount >= Self.firstOffset + count * Self.stride
    else {
      throw PipelineError(
        .startFailed, "not a pipeline's board; stage processes are started by their pipeline")
    }
    self.init(segment, count)
  }

  private init(_ segment: Segment, _ count: Int) {
    self.segment = segment
    stageCount = count
    terminate = Interrupt(segment: segment, offset: 16)
    stop = segment.uint32(at: 32)
  }

  /// Asks the sources to make no more.
  func raiseStop() { stop.storeRelease(1) }  // pairs with the acquire in isStopped

  var isStopped: Bool { stop.loadAcquire() != 0 }
  var isTerminated: Bool { terminate.isRaised }

  /// The words of one stage.
  func line(_ place: Int) -> Line {
    precondition((0..<stageCount).contains(place))
    return Line(segment, Self.firstOffset + place * Self.stride)
  }

  /// One stage's part of the board.
  struct Line: Sendable {
    private let end: SharedUInt32
    private let textByteCount: SharedUInt32
    let processed, emitted, dropped, skipped: SharedUInt64
    private let started, ended: SharedUInt64
    private let text: SharedBytes

    /// How far a stage is. Secondary: it failed because a stage before it did.
    enum End: UInt32 {
      case running = 0
      case finished, stopped, terminated, failed, secondary
    }

    fileprivate init(_ segment: Segment, _ offset: Int) {
      end = segment.uint32(at: offset)
      textByteCount = segment.uint32(at: offset + 4)
      processed = segment.uint64(at: offset + 8)
      emitted = segment.uint64(at: offset + 16)
      dropped = segment.uint64(at: offset + 24)
      skipped = segment.uint64(at: offset + 32)
      started = segment.uint64(at: offset + 40)
      ended = segment.uint64(at: offset + 48)
      text = segment.bytes(at: offset + StageBoard.textOffset, count: StageBoard.textLimit)
    }

    func begin() { started.storeRelaxed(UInt64(MonotonicTime.nanoseconds())) }

    /// Writes the stage's last words.
    func close(_ end: End, text said: String) {
      let words = String(decoding: Array(said.utf8.prefix(StageBoard.textLimit)), as: UTF8.self)
      let bytes = Array(words.utf8.prefix(StageBoard.textLimit))
      unsafe text.copy(bytes.span.bytes, to: 0)
      textByteCount.storeRelaxed(UInt32(bytes.count))
      ended.storeRelaxed(UInt64(MonotonicTime.nanoseconds()))
      // Release: pairs with the acquire in `state`; what the stage says is complete.
      self.end.storeRelease(end.rawValue)
    }

    var state: End { End(rawValue: end.loadAcquire()) ?? .failed }

    var said: String {
      let count = min(Int(textByteCount.loadRelaxed()), StageBoard.textLimit)
      var bytes: [UInt8] = []
      text.read(offset: 0, count: count) { span in
        for place in 0..<count {
          bytes.append(unsafe span.unsafeLoad(fromByteOffset: place, as: UInt8.self))
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }

    var seconds: Double {
      let first = started.loadRelaxed()
      guard first != 0 else { return 0 }
      let last = ended.loadRelaxed()
      let end = last == 0 ? UInt64(MonotonicTime.nanoseconds()) : last
      return Double(end &- first) / 1e9
    }
  }
}
