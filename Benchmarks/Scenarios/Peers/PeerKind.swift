// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// What else carries bytes between processes.
enum PeerKind: String, CaseIterable, Codable, Hashable, Sendable {
  case pipe
  case unixStream = "unix-stream"
  case unixSeqpacket = "unix-seqpacket"
  case posixMQ = "posix-mq"
  case mutexRing = "mutex-ring"
  case zmqIPC = "zmq-ipc"
  case zmqTCP = "zmq-tcp"
  case zmqInproc = "zmq-inproc"

  var usesZeroMQ: Bool { [.zmqIPC, .zmqTCP, .zmqInproc].contains(self) }
  /// Whether both ends are threads of one process.
  var isInProcess: Bool { self == .zmqInproc }

  /// Makes one direction's channel; nil for peers that find each other by an address.
  func makeChannel(
    _ terms: PeerTerms, bind: (Segment) throws -> Void
  ) throws -> PeerChannel? {
    switch self {
    case .pipe, .unixStream, .unixSeqpacket, .posixMQ: return try KernelPeer.makeChannel(terms)
    case .mutexRing:
      let segment = try MutexRing.create(terms, bind: bind)
      let descriptor = OwnedDescriptor(try ByteChannel.duplicate(segment.descriptor))
      return PeerChannel(inlet: descriptor, outlet: descriptor)
    case .zmqIPC, .zmqTCP, .zmqInproc: return nil
    }
  }

  /// Shows the visitor how this peer's ends are made.
  func accept<Visitor: PeerVisitor>(_ visitor: Visitor) throws -> Visitor.Result {
    switch self {
    case .pipe, .unixStream, .unixSeqpacket, .posixMQ:
      try visitor.visit(
        outlet: { port in try KernelOutlet.make(port) },
        inlet: { port in try KernelInlet.make(port) })
    case .mutexRing:
      try visitor.visit(
        outlet: { port in try MutexRingOutlet.make(port) },
        inlet: { port in try MutexRingInlet.make(port) })
    case .zmqIPC, .zmqTCP, .zmqInproc:
      try visitor.visit(
        outlet: { port in try ZeroMQOutlet.make(port) },
        inlet: { port in try ZeroMQInlet.make(port) })
    }
  }
}

/// Work that is the same for all peers, compiled for each.
protocol PeerVisitor {
  associatedtype Result
  func visit<Outlet: PeerOutlet & ~Copyable, Inlet: PeerInlet & ~Copyable>(
    outlet: @escaping @Sendable (PeerPort) throws -> Outlet,
    inlet: @escaping @Sendable (PeerPort) throws -> Inlet
  ) throws -> Result
}

/// The ends of one direction; the same descriptor twice where there is one for both.
struct PeerChannel: Sendable {
  let inlet: OwnedDescriptor
  let outlet: OwnedDescriptor
}
