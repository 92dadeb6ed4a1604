// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// One end of a kernel byte channel between two processes: a non-blocking Unix stream socket.
@safe
public struct ByteChannel: ~Copyable, Sendable {
  public let descriptor: CInt

  /// What a transfer did; never an exception, because a full or closed channel is ordinary.
  public enum Outcome: Equatable, Sendable {
    case moved(byteCount: Int)
    /// Nothing could be moved now: wait for the channel.
    case wouldBlock
    /// The other end is closed.
    case closed
  }

  /// Takes ownership of a descriptor, for example an inherited one.
  public init(owning descriptor: CInt) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Asked of the kernel for each direction; it grants `net.core.wmem_max` at most.
  static let kernelBufferByteCount: CInt = 1 << 20

  /// Descriptors of a connected pair; the caller owns both.
  public static func makePair() throws(SharedMemoryError) -> (CInt, CInt) {
    var ends: (CInt, CInt) = (-1, -1)
    let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
      unsafe weir_stream_pair(
        bytes.baseAddress?.assumingMemoryBound(to: CInt.self), kernelBufferByteCount)
    }
    guard result >= 0 else {
      throw .systemCall(
        "socketpair", returned: Int64(result), remedy: "raise the limit on open files (ulimit -n)")
    }
    return ends
  }

  /// A second descriptor of the same end, owned by the caller.
  public static func duplicate(_ descriptor: CInt) throws(SharedMemoryError) -> CInt {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else {
      throw .systemCall(
        "fcntl(F_DUPFD)", returned: Int64(-errno),
        remedy: "raise the limit on open files (ulimit -n)")
    }
    return copy
  }

  /// Moves bytes from the front of the buffer into the channel.
  public func send(from buffer: inout ByteBuffer) -> Outcome {
    let outcome = buffer.read(count: buffer.count) { span in
      unsafe span.withUnsafeBytes { bytes in
        unsafe transferred(
          Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL)))
      }
    }
    if case .moved(let count) = outcome { buffer.consume(count) }
    return outcome
  }

  /// Appends up to `limit` bytes from the channel to the buffer.
  public func receive(into buffer: inout ByteBuffer, limit: Int) -> Outcome {
    var outcome = Outcome.wouldBlock
    buffer.append(upTo: limit) { span in
      outcome = unsafe span.withUnsafeMutableBytes { bytes in
        unsafe transferred(recv(descriptor, bytes.baseAddress, bytes.count, 0))
      }
      if case .moved(let count) = outcome { return count }
      return 0
    }
    return outcome == .moved(byteCount: 0) ? .closed : outcome
  }

  /// Sleeps until something can be moved, or the time is over.
  ///
  /// - Parameter deadline: as ``Timeout/deadlineNanoseconds``.
  /// - Returns: false when the time was over.
  public func wait(forWriting: Bool = false, deadlineNanoseconds deadline: Int64) -> Bool {
    if deadline == .min { return false }
    let left = deadline == .max ? -1 : deadline - MonotonicTime.nanoseconds()
    if deadline != .max, left <= 0 { return false }
    var sleepers = DescriptorSet()
    sleepers.add(descriptor, forWriting: forWriting)
    sleepers.wait(timeoutNanoseconds: left)
    return true
  }

  private func transferred(_ count: Int) -> Outcome {
    if count >= 0 { return .moved(byteCount: count) }
    return errno == EAGAIN || errno == EINTR || errno == ENOBUFS ? .wouldBlock : .closed
  }
}

/// Waiting on several descriptors at once. Calls `poll`.
@safe
public struct DescriptorSet: ~Copyable {
  private var entries: [pollfd] = []

  public init() {}

  public mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  /// Adds a descriptor and returns its place.
  @discardableResult
  public mutating func add(_ descriptor: CInt, forWriting: Bool = false) -> Int {
    entries.append(
      pollfd(fd: descriptor, events: Int16(forWriting ? POLLOUT : POLLIN), revents: 0))
    return entries.count - 1
  }

  /// Sleeps until a descriptor is ready or the time is over.
  /// - Parameter timeoutNanoseconds: negative waits for ever.
  /// - Returns: whether one is ready.
  @discardableResult
  public mutating func wait(timeoutNanoseconds: Int64) -> Bool {
    let count = unsafe entries.withUnsafeMutableBufferPointer { buffer in
      unsafe weir_poll(buffer.baseAddress, buffer.count, timeoutNanoseconds)
    }
    return count > 0
  }

  /// Whether the descriptor at `place` was ready (or broken) after the last wait.
  public func isReady(_ place: Int) -> Bool { entries[place].revents != 0 }
}

/// A bell that can be waited on together with other descriptors. An `eventfd`.
@safe
public struct Doorbell: ~Copyable, Sendable {
  public let descriptor: CInt

  public init(owning descriptor: CInt) { self.descriptor = descriptor }

  public init() throws(SharedMemoryError) {
    let descriptor = weir_eventfd()
    guard descriptor >= 0 else {
      throw .systemCall(
        "eventfd", returned: Int64(descriptor),
        remedy: "raise the limit on open files (ulimit -n)")
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  public func ring() {
    var one: UInt64 = 1
    unsafe write(descriptor, &one, 8)
  }

  /// Forgets the rings so far.
  public func silence() {
    var count: UInt64 = 0
    unsafe read(descriptor, &count, 8)
  }
}
