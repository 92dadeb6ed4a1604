// SPDX-License-Identifier: Apache-2.0
//
// Pipes, Unix sockets and POSIX message queues: one system call a message on each side. Which one is
// asked for every message: nothing beside the call.
internal import CPeers

struct KernelOutlet: ~Copyable, PeerOutlet {
  private let terms: PeerTerms
  private let channel: OwnedDescriptor

  private init(_ terms: PeerTerms, _ channel: OwnedDescriptor) {
    self.terms = terms
    self.channel = channel
  }

  static func make(_ port: PeerPort) throws(PeerError) -> KernelOutlet {
    KernelOutlet(port.terms, try KernelPeer.prepared(port))
  }

  mutating func send(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    let call =
      switch terms.kind {
      case .unixSeqpacket: unsafe weir_peer_send_packet
      case .posixMQ: unsafe weir_peer_queue_send
      // Bytes without bounds, cut by their known length.
      default: unsafe weir_peer_write
      }
    return unsafe call(
      channel.number, bytes.baseAddress, bytes.count, terms.spinFlag,
      PeerTerms.patienceNanoseconds)
  }
}

struct KernelInlet: ~Copyable, PeerInlet {
  private let terms: PeerTerms
  private let channel: OwnedDescriptor
  private let room: PeerRoom

  private init(_ terms: PeerTerms, _ channel: OwnedDescriptor) {
    self.terms = terms
    self.channel = channel
    room = PeerRoom(byteCount: terms.byteCount)
  }

  static func make(_ port: PeerPort) throws(PeerError) -> KernelInlet {
    KernelInlet(port.terms, try KernelPeer.prepared(port))
  }

  mutating func receive() -> Int64 {
    let call =
      switch terms.kind {
      case .unixSeqpacket: unsafe weir_peer_receive_packet
      case .posixMQ: unsafe weir_peer_queue_receive
      default: unsafe weir_peer_read
      }
    return unsafe call(
      channel.number, room.start, terms.byteCount, terms.spinFlag, PeerTerms.patienceNanoseconds)
  }

  var message: UnsafeRawPointer { unsafe UnsafeRawPointer(room.start) }
}

enum KernelPeer {
  /// The port's descriptor, set to wait as its terms say. A queue was made so: its ends share that.
  static func prepared(_ port: PeerPort) throws(PeerError) -> OwnedDescriptor {
    let channel = try port.channel()
    let result = weir_peer_prepare(channel.number, port.terms.spinFlag)
    guard result >= 0 else {
      throw .refused(
        port.terms.kind, "fcntl(F_SETFL)", Int64(result), remedy: PeerError.raiseFiles)
    }
    return channel
  }

  /// The two ends of a fresh channel: the one that reads, and the one that writes.
  static func makeChannel(_ terms: PeerTerms) throws(PeerError) -> PeerChannel {
    if terms.kind == .posixMQ { return try makeQueue(terms) }
    let buffer = Int64(terms.byteCount).multipliedReportingOverflow(by: Int64(terms.depth))
    let byteCount = buffer.overflow ? .max : buffer.partialValue
    var ends: (CInt, CInt) = (-1, -1)
    let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
      let out = unsafe bytes.baseAddress?.assumingMemoryBound(to: CInt.self)
      return switch terms.kind {
      case .unixSeqpacket: unsafe weir_peer_packet_sockets(out, byteCount)
      case .unixStream: unsafe weir_peer_stream_sockets(out, byteCount)
      default: unsafe weir_peer_pipe(out, byteCount)
      }
    }
    guard result >= 0 else {
      throw .refused(terms.kind, "making it", Int64(result), remedy: PeerError.raiseFiles)
    }
    return PeerChannel(inlet: OwnedDescriptor(ends.0), outlet: OwnedDescriptor(ends.1))
  }

  private static func makeQueue(_ terms: PeerTerms) throws(PeerError) -> PeerChannel {
    let queue = weir_peer_queue(terms.depth, terms.byteCount, terms.spinFlag)
    guard queue >= 0 else {
      throw .refused(
        terms.kind, "mq_open", Int64(queue),
        remedy: "raise ulimit -q, or the limits in /proc/sys/fs/mqueue")
    }
    let descriptor = OwnedDescriptor(queue)
    return PeerChannel(inlet: descriptor, outlet: descriptor)
  }
}
