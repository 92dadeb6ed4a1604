// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory

/// Lines to and from a process that may die or hang at any time.
final class LineSocket {
  enum Received {
    case line(Data)
    /// The other end is closed.
    case ended
    case late
  }

  private let channel: ByteChannel
  private let interrupts: Interrupts?
  private var buffer = ByteBuffer()

  /// A record with the largest histograms takes some MiB; more is no record.
  private static let longestLine = 1 << 28
  private static let chunk = 1 << 16
  /// A program that takes longer to read one line does not read at all.
  private static let sendDeadline = Nanoseconds.seconds(10)

  init(_ channel: consuming ByteChannel, interrupts: Interrupts?) {
    self.channel = channel
    self.interrupts = interrupts
  }

  /// - Returns: false when the other end is closed, or does not read.
  func send(_ data: Data) -> Bool {
    var outgoing = ByteBuffer(capacity: data.count)
    outgoing.append(data.bytes)
    let deadline = MonotonicTime.nanoseconds() + Int64(Self.sendDeadline.count)
    while !outgoing.isEmpty {
      switch channel.send(from: &outgoing) {
      case .moved: continue
      case .closed: return false
      case .wouldBlock:
        guard channel.wait(forWriting: true, deadlineNanoseconds: deadline) else { return false }
      }
    }
    return true
  }

  /// The next line, without its end.
  ///
  /// - Parameter process: a pidfd, whose end ends the wait too.
  /// - Throws: `GateError` (`interrupted`) after Ctrl-C.
  func receive(within limit: Nanoseconds, _ process: CInt) throws(GateError) -> Received {
    let deadline = MonotonicTime.nanoseconds() + Int64(limit.count)
    var searched = 0
    while true {
      if let line = takeLine(&searched) { return .line(line) }
      guard buffer.count < Self.longestLine else { return .ended }
      switch channel.receive(into: &buffer, limit: Self.chunk) {
      case .moved: continue
      case .closed: return .ended
      case .wouldBlock:
        guard MonotonicTime.nanoseconds() < deadline else { return .late }
        if try sleep(until: deadline, process) { return takeRest(&searched) }
      }
    }
  }

  /// - Returns: whether the process has ended.
  private func sleep(until deadline: Int64, _ process: CInt) throws(GateError) -> Bool {
    var set = DescriptorSet()
    let data = set.add(channel.descriptor)
    let end = set.add(process)
    let interrupt = interrupts.flatMap { $0.descriptor >= 0 ? set.add($0.descriptor) : nil }
    set.wait(timeoutNanoseconds: max(0, deadline - MonotonicTime.nanoseconds()))
    if let interrupt, set.isReady(interrupt) {
      throw GateError(.interrupted, "interrupted; the verdicts so far are no verdicts")
    }
    return set.isReady(end) && !set.isReady(data)
  }

  /// What a process that has ended said last.
  private func takeRest(_ searched: inout Int) -> Received {
    while case .moved = channel.receive(into: &buffer, limit: Self.chunk) {}
    return takeLine(&searched).map { .line($0) } ?? .ended
  }

  private func takeLine(_ searched: inout Int) -> Data? {
    let from = searched
    let end = buffer.read(count: buffer.count) { bytes -> Int? in
      (from..<bytes.byteCount).first {
        unsafe bytes.unsafeLoad(fromByteOffset: $0, as: UInt8.self) == UInt8(ascii: "\n")
      }
    }
    searched = buffer.count
    guard let end else { return nil }
    let line = buffer.read(count: end) { bytes in unsafe bytes.withUnsafeBytes { unsafe Data($0) } }
    buffer.consume(end + 1)
    searched = 0
    return line
  }
}
