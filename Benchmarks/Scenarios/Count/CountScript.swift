// SPDX-License-Identifier: Apache-2.0
//
// Scripted exchanges: one thread puts a message and gets it, so that nothing depends on who comes first.
// What each takes is the same in every run, on a busy machine as on an idle one.
internal import Harness
internal import Serialization
internal import SharedMemory
internal import Transport

/// One exchange whose system calls, allocations, copies and faults are counted.
public struct CountScript: Hashable, Sendable {
  let store: String
  let serializer: String
  let size: ByteCount

  /// `shm/raw/64B`.
  public var name: String { "\(store)/\(serializer)/\(size)" }

  /// The queue store is none of them: a thread of its own answers, as often as it happens to wake.
  public static let all: [CountScript] =
    [("list", "large"), ("shm", "raw"), ("shm", "small"), ("shm", "medium"), ("shm", "large")]
    .flatMap { store, serializer in
      [64, 65536].map { CountScript(store: store, serializer: serializer, size: ByteCount($0)) }
    }
    + ["pipe", "mutex-ring"].map {
      CountScript(store: $0, serializer: "raw", size: ByteCount(64))
    }

  public init?(named name: String) {
    guard let script = Self.all.first(where: { $0.name == name }) else { return nil }
    self = script
  }

  private init(store: String, serializer: String, size: ByteCount) {
    (self.store, self.serializer, self.size) = (store, serializer, size)
  }

  private static let messages = 256
  private static let depth = 8

  /// Runs it in this process, which was started for it.
  ///
  /// - Parameter isTraced: whether to say what it took, with a tracer's help; else somebody looks on.
  public func run(isTraced: Bool) throws {
    let message = StampedBytes(byteCount: size.bytes, seed: 1)
    if let kind = PeerKind(rawValue: store) {
      let terms = PeerTerms(kind, byteCount: size.bytes, depth: Self.depth, spins: false)
      return try kind.accept(
        CountedPeer(
          script: self, isTraced: isTraced, ports: try PeerPorts(terms), message: message))
    }
    var producer = try Producer<Frame>(
      ProducerConfiguration(
        capacity: Self.depth, arenaByteCount: store == "shm" ? 2 << 20 : 0, customerLimit: 1,
        wait: .park))
    guard let kind = StoreKind(rawValue: store) else { return }
    let customer = try Customer(
      try producer.makeSource(
        SourceConfiguration(store: kind, serializer: serializer, strategy: .all, wait: .park)))
    // Or how many pages are touched for the first time would depend on what they are made of.
    if store == "shm" { try producer.segment.populate(.forWriting) }
    if serializer == "raw" {
      var sender = BytesSender(producer, message: message)
      var receiver = BytesReceiver(customer, message: message, check: Check(.full))
      return try exchange(&sender, &receiver, isTraced)
    }
    let patterns = try FramePatterns(byteCount: size.bytes, seed: 1, depth: Self.depth)
    var sender = FrameSender(producer, patterns: patterns)
    var receiver = FrameReceiver(customer, patterns: patterns, check: Check(.full))
    try exchange(&sender, &receiver, isTraced)
  }

  func exchange<Sender: MessageSender & ~Copyable, Receiver: MessageReceiver & ~Copyable>(
    _ sender: inout Sender, _ receiver: inout Receiver, _ isTraced: Bool
  ) throws {
    let run = isTraced ? CountedProcess.run : CountedProcess.runUntraced
    try run(Self.messages) { numbers in
      for number in numbers {
        guard try sender.send(number) == .sent else { throw Self.lost(number) }
        let arrival = try receiver.receive(checked: true)
        guard arrival.kind == .message, arrival.sequence == number, arrival.fault == .none else {
          throw Self.lost(number)
        }
        receiver.release()
      }
    }
  }

  private static func lost(_ number: UInt64) -> LaunchError {
    LaunchError(.workerFailed, "message \(number) did not arrive intact; see weir check")
  }
}

private struct CountedPeer: PeerVisitor {
  let script: CountScript
  let isTraced: Bool
  let ports: PeerPorts
  let message: StampedBytes

  func visit<Outlet: PeerOutlet & ~Copyable, Inlet: PeerInlet & ~Copyable>(
    outlet: @escaping @Sendable (PeerPort) throws -> Outlet,
    inlet: @escaping @Sendable (PeerPort) throws -> Inlet
  ) throws {
    let (there, here) = (ports.outletPort(nil), ports.inletPort(nil))
    var receiver = PeerReceiver(try inlet(here), here, message: message, check: Check(.full))
    var sender = PeerSender(try outlet(there), there, message: message)
    try script.exchange(&sender, &receiver, isTraced)
  }
}
