// SPDX-License-Identifier: Apache-2.0
//
// What peers can do on this machine, and how each of them waits: a table compares ends that wait alike.
internal import CPeers
internal import Glibc
internal import Harness

extension PeerKind {
  static var backends: [Catalog.Backend] { allCases.map(\.backend) }

  var backend: Catalog.Backend {
    if let plugin { return plugin.backend }
    var backend = Catalog.Backend(
      name: rawValue, capabilities: [.peer, isInProcess ? .sameProcess : .crossProcess],
      waits: waits, serializers: ["raw"], workloads: ["stream", "pingpong"])
    backend.summary = summary
    backend.loads = ["closed", "open"]
    backend.reasons[.serializer] = "carries plain bytes; compare it with shm and raw"
    backend.reasons[.wait] = waitReason
    backend.unavailable = unavailableReason
    switch self {
    case .unixSeqpacket:
      backend.maximumMessage = ByteCount(max(0, Int(weir_peer_packet_limit())))
      backend.reasons[.size] =
        "a packet must fit the socket's buffer, \(backend.maximumMessage ?? ByteCount(0)) here;"
        + " raise net.core.wmem_max"
    case .posixMQ:
      let limits = MessageQueueLimits()
      backend.maximumMessage = ByteCount(limits.byteCount)
      backend.maximumDepth = limits.depth
      backend.reasons[.size] =
        "the kernel takes messages up to \(limits.byteCount) bytes; raise fs.mqueue.msgsize_max"
      backend.reasons[.depth] =
        "the kernel takes \(limits.depth) messages at most; lower the depth, or raise"
        + " fs.mqueue.msg_max"
    default: break
    }
    return backend
  }

  private var waits: [String] {
    switch self {
    case .pipe, .unixStream, .unixSeqpacket, .posixMQ: ["park", "spin"]
    case .mutexRing, .zmqIPC, .zmqTCP, .zmqInproc: ["park"]
    case .plugin: backend.waits
    }
  }

  private var waitReason: String {
    switch self {
    case .mutexRing: "sleeps on a condition variable; use park"
    case .zmqIPC, .zmqTCP, .zmqInproc: "sleeps until its I/O thread signals; use park"
    default: "sleeps in the kernel (park) or polls it (spin), and has nothing in between"
    }
  }

  private var summary: String {
    switch self {
    case .pipe: "pipe, up to 1 MiB; park: blocking calls, spin: polled"
    case .unixStream: "Unix stream socket; park: blocking calls, spin: polled"
    case .unixSeqpacket: "Unix socket of packets; park: blocking calls, spin: polled"
    case .posixMQ: "POSIX message queue; park: blocking calls, spin: polled"
    case .mutexRing: "shared memory behind a mutex, copied in and out; park: condition variable"
    case .zmqIPC: "ZeroMQ\(ZeroMQ.version) PUSH/PULL, Unix socket; park: waits for an I/O thread"
    case .zmqTCP: "ZeroMQ\(ZeroMQ.version) PUSH/PULL, loopback; park: waits for an I/O thread"
    case .zmqInproc: "ZeroMQ\(ZeroMQ.version) PUSH/PULL, two threads; park: waits for a signal"
    case .plugin: backend.summary
    }
  }

  private var unavailableReason: String? {
    if usesZeroMQ { return ZeroMQ.unavailableReason }
    guard self == .posixMQ else { return nil }
    let queue = weir_peer_queue(1, 8, 0)
    guard queue >= 0 else {
      let reason = unsafe String(cString: strerror(-queue))
      return "no message queue can be made here (\(reason)); see ulimit -q and mount mqueue"
    }
    close(queue)
    return nil
  }
}

/// What the kernel allows to users who may not raise it.
private struct MessageQueueLimits {
  let depth: Int
  let byteCount: Int

  init() {
    depth = Int(unsafe weir_peer_limit("/proc/sys/fs/mqueue/msg_max", 10))
    byteCount = Int(unsafe weir_peer_limit("/proc/sys/fs/mqueue/msgsize_max", 8192))
  }
}
