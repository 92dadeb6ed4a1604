// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import SharedMemory

/// A pair of sockets beside the measured channel, one end in each process: the kernel closes an end
/// with its process, which most channels do not tell of. It also carries what ends must say to each
/// other before the first message and after the last.
final class Lifeline {
  /// One to each other process that this end must know of.
  private let sockets: [OwnedDescriptor]

  init(_ sockets: OwnedDescriptor...) { self.sockets = sockets }
  init(all sockets: [OwnedDescriptor]) { self.sockets = sockets }

  static func makePair() throws -> (OwnedDescriptor, OwnedDescriptor) {
    let pair = try ByteChannel.makePair()
    return (OwnedDescriptor(pair.0), OwnedDescriptor(pair.1))
  }

  /// Whether another process, or its part in this, has ended.
  var isPeerGone: Bool { sockets.contains { poll($0, 0) & (POLLHUP | POLLERR) != 0 } }

  /// Tells the sender that everything has been received.
  func acknowledgeEnd() {
    var mark: UInt8 = 1
    // Nobody needs to hear it: a sender that is gone has finished.
    for socket in sockets { _ = unsafe send(socket.number, &mark, 1, CInt(MSG_NOSIGNAL)) }
  }

  /// Waits until every receiver has everything, or is gone.
  /// - Returns: false when that took too long.
  func awaitEnd(until deadline: Int64) -> Bool {
    for socket in sockets {
      guard poll(socket, left(deadline)) != 0 else { return false }
      var mark: UInt8 = 0
      _ = unsafe recv(socket.number, &mark, 1, 0)
    }
    return true
  }

  /// Length of an address on its way; shorter ones are filled up with zeros.
  private static let addressByteCount = 128
  /// How long an address may take: both ends are being made at that time.
  private static let addressPatience = Timeout.after(nanoseconds: 10_000_000_000)

  /// Tells the sender where the receiver listens.
  func announce(_ address: String) {
    var bytes = Array(address.utf8.prefix(Self.addressByteCount))
    bytes += Array(repeating: 0, count: Self.addressByteCount - bytes.count)
    guard let socket = sockets.first else { return }
    _ = unsafe bytes.withUnsafeBytes {
      unsafe send(socket.number, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
    }
  }

  /// Waits for the receiver's address; nil when there is no receiver.
  func hearAddress() -> String? {
    guard let socket = sockets.first,
      poll(socket, left(Self.addressPatience.deadlineNanoseconds)) != 0
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Self.addressByteCount)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe recv(socket.number, $0.baseAddress, $0.count, 0)
    }
    guard count == Self.addressByteCount else { return nil }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  private func left(_ deadline: Int64) -> Int64 { max(0, deadline - MonotonicTime.nanoseconds()) }

  private func poll(_ socket: OwnedDescriptor, _ timeoutNanoseconds: Int64) -> CInt {
    var entry = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    _ = unsafe weir_poll(&entry, 1, timeoutNanoseconds)
    return CInt(entry.revents)
  }
}
