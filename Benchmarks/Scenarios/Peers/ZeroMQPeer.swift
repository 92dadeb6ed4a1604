// SPDX-License-Identifier: Apache-2.0
internal import CPeers
internal import Glibc

/// The library as a whole, found at run time: Weir neither needs nor links it.
enum ZeroMQ {
  /// Why it cannot be used here; nil when it can.
  static let unavailableReason: String? = {
    switch weir_zmq_load() {
    case 0: nil
    case -ENOENT: "libzmq.so.5 is not installed; install libzmq5"
    default: "the installed libzmq is too old; install libzmq5 4.0 or later"
    }
  }()

  /// Such as ` 4.3.4`; nothing when there is none.
  static let version: String = {
    guard unavailableReason == nil else { return "" }
    var parts: [CInt] = [0, 0, 0]
    unsafe parts.withUnsafeMutableBufferPointer { unsafe weir_zmq_version($0.baseAddress) }
    return " " + parts.map(String.init).joined(separator: ".")
  }()
}

/// What sockets of one process share, its I/O thread among it.
@safe
final class ZeroMQContext: @unchecked Sendable {
  // Sendable: the library's contexts may be used from any thread, and the pointer never changes.
  private let context: UnsafeMutableRawPointer

  private init(_ context: UnsafeMutableRawPointer) { unsafe self.context = context }

  static func make(_ kind: PeerKind) throws(PeerError) -> ZeroMQContext {
    if let reason = ZeroMQ.unavailableReason {
      throw PeerError(.unavailable, "\(kind.rawValue): \(reason)")
    }
    guard let context = unsafe weir_zmq_context() else {
      throw PeerError(.unavailable, "\(kind.rawValue): no context; \(PeerError.raiseFiles)")
    }
    return unsafe ZeroMQContext(context)
  }

  deinit { unsafe weir_zmq_end_context(context) }

  fileprivate func socket(_ terms: PeerTerms, pushes: Bool) throws(PeerError) -> ZeroMQSocket {
    let patience = CInt(PeerTerms.patienceNanoseconds / 1_000_000)
    let socket = unsafe weir_zmq_socket(
      context, pushes ? 1 : 0, CInt(clamping: terms.depth), patience)
    guard let socket = unsafe socket else {
      throw PeerError(.unavailable, "\(terms.kind.rawValue): no socket; \(PeerError.raiseFiles)")
    }
    return unsafe ZeroMQSocket(socket, self)
  }
}

@safe
private struct ZeroMQSocket: ~Copyable {
  let pointer: UnsafeMutableRawPointer
  private let context: ZeroMQContext

  init(_ pointer: UnsafeMutableRawPointer, _ context: ZeroMQContext) {
    unsafe self.pointer = pointer
    self.context = context
  }

  /// Forgets what was not sent: a sender that finished was told that everything has arrived.
  deinit { unsafe weir_zmq_close(pointer, 0) }
}

/// A PUSH socket; the library copies what it is given.
struct ZeroMQOutlet: ~Copyable, PeerOutlet {
  private let socket: ZeroMQSocket

  private init(_ socket: consuming ZeroMQSocket) { self.socket = socket }

  static func make(_ port: PeerPort) throws(PeerError) -> ZeroMQOutlet {
    guard let context = port.context, let address = port.lifeline.hearAddress() else {
      throw .gone(port.terms.kind, "receiver")
    }
    let socket = try context.socket(port.terms, pushes: true)
    let result = unsafe weir_zmq_connect(socket.pointer, address)
    guard result >= 0 else {
      throw .refused(
        port.terms.kind, "zmq_connect", Int64(result), remedy: "allow connections to this machine")
    }
    return ZeroMQOutlet(socket)
  }

  mutating func send(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    unsafe weir_zmq_send(socket.pointer, bytes.baseAddress, bytes.count)
  }
}

/// A PULL socket; messages are read where the library has them.
@safe
struct ZeroMQInlet: ~Copyable, PeerInlet {
  private let socket: ZeroMQSocket
  private let received: UnsafeMutablePointer<weir_zmq_message>
  private(set) var message: UnsafeRawPointer

  private init(_ socket: consuming ZeroMQSocket) {
    self.socket = socket
    // Of a fixed address: the library links messages to it.
    unsafe received = .allocate(capacity: 1)
    unsafe received.initialize(to: weir_zmq_message())
    unsafe weir_zmq_message_prepare(received)
    unsafe message = UnsafeRawPointer(received)
  }

  deinit {
    unsafe weir_zmq_message_release(received)
    unsafe received.deallocate()
  }

  static func make(_ port: PeerPort) throws(PeerError) -> ZeroMQInlet {
    guard let context = port.context else { throw .gone(port.terms.kind, "context") }
    let socket = try context.socket(port.terms, pushes: false)
    var bound = [CChar](repeating: 0, count: 128)
    let wanted = ZeroMQAddress.make(port.terms.kind)
    let result = unsafe bound.withUnsafeMutableBufferPointer {
      unsafe weir_zmq_bind(socket.pointer, wanted, $0.baseAddress, $0.count)
    }
    guard result >= 0 else {
      throw .refused(
        port.terms.kind, "zmq_bind", Int64(result), remedy: "allow listening on this machine")
    }
    let chosen = String(
      decoding: bound.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // Only the system knows which port it chose; the other addresses are as wanted.
    port.lifeline.announce(port.terms.kind == .zmqTCP ? chosen : wanted)
    return ZeroMQInlet(socket)
  }

  mutating func receive() -> Int64 {
    var bytes: UnsafeRawPointer?
    let result = unsafe weir_zmq_receive(socket.pointer, received, &bytes)
    if let bytes = unsafe bytes { unsafe message = bytes }
    return result
  }
}

private enum ZeroMQAddress {
  /// An address that leaves nothing behind: a socket in the abstract namespace, a free port of the
  /// loopback interface, or a name inside the process.
  static func make(_ kind: PeerKind) -> String {
    let number = String(UInt64.random(in: 0 ... .max), radix: 36)
    return switch kind {
    case .zmqTCP: "tcp://127.0.0.1:*"
    case .zmqInproc: "inproc://weir-\(number)"
    default: "ipc://@weir-\(number)"
    }
  }
}
