// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Serialization
internal import SharedMemory
internal import Transport

/// A camera, a filter that reads every pixel, and a writer that checks every frame: what a chain of
/// stages costs, as fast as it goes. After REIP's smart-filter benchmark (reip-pipelines).
///
/// A frame carries its number and the time at which the camera made it; the writer takes the latency
/// from there, by the clock that all processes of a host share. Every frame is passed on, so that what
/// is lost shows.
enum PipelineTraffic {
  private static let stampKey = "made"
  private static let brightKey = "bright"

  /// Makes frames until the launch drains.
  static func camera(
    _ producer: inout Producer<Frame>, _ patterns: FramePatterns, _ session: WorkerSession
  ) throws -> WorkerReport {
    var sequence: UInt64 = 0
    var dropped = 0
    session.joinMeetings()
    while session.isRunning || session.attends(sequence) {
      let pattern = patterns.frame(sequence)
      let stamp = Int64(bitPattern: session.clock.ticks())
      let frame = try Frame(
        dtype: pattern.dtype, shape: pattern.shape,
        timestampNanoseconds: pattern.timestampNanoseconds, metadata: [stampKey: .int(stamp)],
        bytes: pattern.bytes)
      switch Dispatch(try producer.put(frame, timeout: Patience.perMessage)) {
      case .sent: sequence &+= 1
      case .dropped: dropped += 1
      case .refused: break
      }
    }
    try finish(&producer)
    var report = WorkerReport()
    report.integrity.sent = Int(sequence) + dropped
    report.integrity.dropped = dropped
    return report
  }

  /// Counts the bright pixels of each frame and passes it on with the count.
  static func filter(
    _ customer: inout Customer<Frame>, _ producer: inout Producer<Frame>, _ session: WorkerSession
  ) throws -> WorkerReport {
    var report = WorkerReport()
    while let frame = try next(&customer, session) {
      var metadata = frame.metadata
      metadata[brightKey] = .int(frame.withPayload { Int64(brightPixels($0)) })
      let made = try Frame(
        dtype: frame.dtype, shape: frame.shape, timestampNanoseconds: frame.timestampNanoseconds,
        metadata: metadata, bytes: frame.bytes)
      customer.next()
      var dispatch = Dispatch.refused
      while dispatch == .refused {
        dispatch = Dispatch(try producer.put(made, timeout: Patience.perMessage))
        if dispatch == .refused { try StreamTraffic.giveUpIfAborted(session) }
      }
      if dispatch == .dropped { report.integrity.dropped += 1 }
    }
    try finish(&producer)
    return report
  }

  /// Checks each frame, and times it from the camera.
  static func writer(
    _ customer: inout Customer<Frame>, _ patterns: FramePatterns, _ session: WorkerSession
  ) throws -> WorkerReport {
    var check = Check(session.cell.verification)
    var tally = SequenceTally()
    var recorder = SliceRecorder(
      session: session, bytesPerMessage: session.cell.size.bytes, encounter: .announced)
    recorder.latency = LatencyRecorder()
    while let frame = try next(&customer, session) {
      let now = session.clock.ticks()
      let sequence = UInt64(bitPattern: frame.timestampNanoseconds)
      guard case .int(let stamp) = frame.metadata[stampKey],
        case .int(let bright) = frame.metadata[brightKey]
      else {
        throw LaunchError(.workerFailed, "frame \(sequence) came without what its stages noted")
      }
      let depth = check.next()
      let fault = frame.withPayload { payload -> Fault in
        let found = patterns.fault(sequence, payload, depth)
        if found != .none || depth != .full { return found }
        return brightPixels(payload) == Int(bright) ? .none : .corrupt
      }
      tally.note(Arrival(kind: .message, sequence: sequence, fault: fault))
      customer.next()
      if recorder.isOpen {
        recorder.latency?.record(
          nanoseconds: session.clock.nanoseconds(now &- UInt64(bitPattern: stamp)))
      }
      if recorder.isDue(tally.received) {
        recorder.checkpoint(tally.received, next: tally.next)
      }
    }
    recorder.finish(tally.received)
    var report = WorkerReport()
    report.integrity = tally.integrity
    recorder.testify(&report, side: .customer)
    return report
  }

  /// The next frame; nil at the end of the stream.
  private static func next(
    _ customer: inout Customer<Frame>, _ session: WorkerSession
  ) throws -> Frame? {
    while true {
      switch try customer.get(timeout: Patience.perMessage) {
      case .item(let frame), .byDefault(let frame): return frame
      case .ended: return nil
      case .timedOut: try StreamTraffic.giveUpIfAborted(session)
      }
    }
  }

  private static func finish(_ producer: inout Producer<Frame>) throws {
    producer.end()
    _ = producer.drain(timeout: Patience.toDrain)
  }

  /// Pixels of 128 and more: the top bit of each byte, eight at a time.
  static func brightPixels(_ pixels: RawSpan) -> Int {
    let words = pixels.byteCount / 8
    var count = 0
    for word in 0..<words {
      count &+= (pixels.word(at: word &* 8) & 0x8080_8080_8080_8080).nonzeroBitCount
    }
    for place in words * 8..<pixels.byteCount {
      count &+= unsafe pixels.unsafeLoad(fromByteOffset: place, as: UInt8.self) >= 128 ? 1 : 0
    }
    return count
  }
}
