// SPDX-License-Identifier: Apache-2.0
//
// What every peer has in common. The harness makes a channel for each direction and a lifeline for
// the launch; its workers inherit an end of each:
//
//   sender ── outlet ═══ the peer's own channel ═══ inlet ── receiver
//      └───────────────── lifeline ──────────────────┘
//
// Messages are of one size, which both ends know. The end of a stream is a message whose number is
// `PeerMessage.endMark`, so that a stream which merely stops is told from one that ended.
internal import Glibc
internal import Harness
internal import SharedMemory

/// The sending end of somebody else's channel.
protocol PeerOutlet: ~Copyable, SendableMetatype {
  /// Sends one message and returns its length, or what the calls of `CPeers` say.
  mutating func send(_ bytes: UnsafeRawBufferPointer) -> Int64
  /// The memory that both ends share; nil where it is the kernel's, or private.
  var segment: Segment? { get }
  /// Ends the stream in the peer's own way, with what the calls of `CPeers` say; nil for peers that have
  /// none, whose streams end with a message.
  mutating func end() -> Int64?
  /// The peer's own words for an error, if it has any.
  func explanation(_ error: CInt) -> String?
}

/// The receiving end of somebody else's channel.
protocol PeerInlet: ~Copyable, SendableMetatype {
  /// Receives one message and returns its length, 0 for a closed channel, or what the calls of
  /// `CPeers` say.
  mutating func receive() -> Int64
  /// Where the message is until the next call.
  var message: UnsafeRawPointer { get }
  var segment: Segment? { get }
  /// Whether nothing means that the stream has ended, and not that the other end is gone.
  static var knowsTheEnd: Bool { get }
  /// Lets go of the message received last.
  mutating func release()
  func explanation(_ error: CInt) -> String?
}

extension PeerOutlet where Self: ~Copyable {
  var segment: Segment? { nil }
  mutating func end() -> Int64? { nil }
  func explanation(_ error: CInt) -> String? { nil }
}

extension PeerInlet where Self: ~Copyable {
  var segment: Segment? { nil }
  static var knowsTheEnd: Bool { false }
  /// Messages are copied out: their place in the channel is free already.
  mutating func release() {}
  func explanation(_ error: CInt) -> String? { nil }
}

/// What a cell asks of a channel.
struct PeerTerms: Codable, Hashable, Sendable {
  let kind: PeerKind
  /// Length of every message.
  let byteCount: Int
  let depth: Int
  /// Whether ends ask again and again instead of sleeping.
  let spins: Bool
  var wait: String
  var customers = 1
  /// Whether a full channel refuses messages instead of making its sender wait.
  var drops = false

  init(_ kind: PeerKind, byteCount: Int, depth: Int, spins: Bool) {
    self.kind = kind
    self.byteCount = byteCount
    self.depth = depth
    self.spins = spins
    wait = spins ? "spin" : "park"
  }

  init(_ cell: Cell) throws {
    guard let kind = PeerKind(rawValue: cell.store) else {
      throw LaunchError(.protocolViolation, "no peer is named \(cell.store)")
    }
    self.init(
      kind, byteCount: cell.size.bytes, depth: cell.depth, spins: cell.wait == "spin")
    wait = cell.wait
    customers = cell.workload == "pingpong" ? 1 : cell.customers
    drops = cell.backpressure != .block
  }

  /// How long a call may wait before its end looks whether the other still lives: soon enough after a
  /// death, and seldom enough to cost nothing beside a sleep.
  static let patienceNanoseconds: Int64 = 50_000_000

  /// For calls that take flags as integers.
  var spinFlag: CInt { spins ? 1 : 0 }
}

/// What an end is made of.
struct PeerPort {
  let terms: PeerTerms
  /// The channel's descriptors; none for peers that find each other by an address.
  let descriptors: [OwnedDescriptor]
  let lifeline: Lifeline
  let context: ZeroMQContext?
  /// As `descriptors`, of a plug-in's channel: lent to its end while that is made, and closed then.
  var lent: [CInt] = []
  /// What a plug-in calls the channel.
  var name = ""
  /// Which of the receivers this is.
  var index = 0
  /// Whether a receiver leaves the first touch of shared memory to its sender.
  var leavesFirstTouch = false

  /// - Parameter numbers: the channel's descriptors, which now belong to the port.
  init(
    _ terms: PeerTerms, _ numbers: [CInt], _ share: PeerScenario.Share, _ lifeline: Lifeline,
    _ context: ZeroMQContext?
  ) {
    self.terms = terms
    let isPlugin = terms.kind.plugin != nil
    descriptors = isPlugin ? [] : numbers.map(OwnedDescriptor.init)
    lent = isPlugin ? numbers : []
    self.lifeline = lifeline
    self.context = context
    name = share.name
    index = share.index
  }

  /// The descriptor of a peer that has one.
  func channel() throws(PeerError) -> OwnedDescriptor {
    guard let descriptor = descriptors.first else {
      throw PeerError(
        .unavailable,
        "\(terms.kind.rawValue): an end was given no channel; run the same build throughout")
    }
    return descriptor
  }
}

/// A descriptor that is closed with its last owner.
final class OwnedDescriptor: Sendable {
  let number: CInt

  init(_ number: CInt) { self.number = number }

  deinit { close(number) }
}

/// Memory for one message, touched when made.
@safe
struct PeerRoom: ~Copyable {
  let bytes: UnsafeMutableRawBufferPointer

  /// - Parameter words: what it holds at first, as far as it goes.
  init(byteCount: Int, _ words: [UInt64] = []) {
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(byteCount, 8), alignment: 64)
    unsafe room.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe words.withUnsafeBytes { unsafe room.copyBytes(from: $0.prefix(room.count)) }
    unsafe bytes = room
  }

  deinit { unsafe bytes.deallocate() }

  var start: UnsafeMutableRawPointer { unsafe bytes.baseAddress.unsafelyUnwrapped }
}
