// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// What else carries bytes between processes: what is built in, and the plug-ins that were loaded.
enum PeerKind: RawRepresentable, CaseIterable, Hashable, Sendable {
  case pipe, unixStream, unixSeqpacket, posixMQ, mutexRing, zmqIPC, zmqTCP, zmqInproc
  case plugin(Int)

  /// Those that every build has.
  static let builtIn: [PeerKind] = [
    .pipe, .unixStream, .unixSeqpacket, .posixMQ, .mutexRing, .zmqIPC, .zmqTCP, .zmqInproc,
  ]

  static var allCases: [PeerKind] {
    builtIn + BackendPlugins.loaded.map { .plugin($0.number) }
  }

  init?(rawValue: String) {
    guard let kind = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = kind
  }

  var rawValue: String {
    switch self {
    case .pipe: "pipe"
    case .unixStream: "unix-stream"
    case .unixSeqpacket: "unix-seqpacket"
    case .posixMQ: "posix-mq"
    case .mutexRing: "mutex-ring"
    case .zmqIPC: "zmq-ipc"
    case .zmqTCP: "zmq-tcp"
    case .zmqInproc: "zmq-inproc"
    case .plugin(let number): BackendPlugins.loaded[number].name
    }
  }

  /// Nil for what is built in.
  var plugin: BackendPlugin? {
    guard case .plugin(let number) = self else { return nil }
    return BackendPlugins.loaded[number]
  }

  var usesZeroMQ: Bool { [.zmqIPC, .zmqTCP, .zmqInproc].contains(self) }
  /// Whether both ends are threads of one process.
  var isInProcess: Bool { self == .zmqInproc }
  /// Whether its ends notice each other's death by themselves.
  var noticesDeath: Bool { plugin?.promises(.noticesDeath) ?? false }

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
    case .plugin(let number): return try BackendPlugins.loaded[number].makeChannel(terms)
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
    case .plugin:
      try visitor.visit(
        outlet: { port in try PluginOutlet.make(port) },
        inlet: { port in try PluginInlet.make(port) })
    }
  }
}

/// By its name: a plug-in has another number in each process.
extension PeerKind: Codable {
  init(from decoder: any Decoder) throws {
    let name = try decoder.singleValueContainer().decode(String.self)
    guard let kind = PeerKind(rawValue: name) else {
      throw PeerError(.unavailable, "no peer is named \(name); is its plug-in loaded?")
    }
    self = kind
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(rawValue)
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

/// What the ends of one direction inherit; the same descriptors twice where ends share them.
struct PeerChannel {
  let inlets: [OwnedDescriptor]
  let outlets: [OwnedDescriptor]
  /// By which a plug-in's ends find it, beside descriptors; empty for none.
  var name = ""
  /// Lives for as long as ends may still attach.
  var keeper: (any AnyObject & Sendable)?

  init(inlets: [OwnedDescriptor], outlets: [OwnedDescriptor]) {
    self.inlets = inlets
    self.outlets = outlets
  }

  init(inlet: OwnedDescriptor, outlet: OwnedDescriptor) {
    self.init(inlets: [inlet], outlets: [outlet])
  }
}
