// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// The descriptors of both ends of a channel, by number, so that each end's owner can be another.
struct PeerPorts: Sendable {
  let terms: PeerTerms
  let outlet: CInt?
  let inlet: CInt?
  let line: CInt
  let otherLine: CInt

  init(_ terms: PeerTerms) throws {
    self.terms = terms
    let channel = try terms.kind.makeChannel(terms) { _ in }
    // Of its own, since queues and rings have one descriptor for both ends.
    let ends = try channel.map {
      (try ByteChannel.duplicate($0.outlet.number), try ByteChannel.duplicate($0.inlet.number))
    }
    (outlet, inlet) = (ends?.0, ends?.1)
    (line, otherLine) = try ByteChannel.makePair()
  }

  /// The sender's port; the port owns its descriptors.
  func outletPort(_ context: ZeroMQContext?) -> PeerPort { Self.port(terms, line, outlet, context) }

  /// The receiver's port; the port owns its descriptors.
  func inletPort(_ context: ZeroMQContext?) -> PeerPort {
    Self.port(terms, otherLine, inlet, context)
  }

  static func port(
    _ terms: PeerTerms, _ line: CInt, _ channel: CInt?, _ context: ZeroMQContext?
  ) -> PeerPort {
    PeerPort(
      terms: terms, descriptor: channel.map(OwnedDescriptor.init),
      lifeline: Lifeline(OwnedDescriptor(line)), context: context)
  }
}

/// Where the two ends of a channel are played.
enum PeerScene: Hashable, Sendable, CustomStringConvertible {
  /// Each in a thread of this process.
  case threads
  /// The sender, or the receiver, in a process of its own.
  case remote(PeerEnd)
  /// As `remote`, killed after so many microseconds.
  case killed(PeerEnd, microseconds: Int64)

  var description: String {
    switch self {
    case .threads: "threads"
    case .remote(let end): "\(end.rawValue) in a process"
    case .killed(let end, let time): "\(end.rawValue) killed after \(time) µs"
    }
  }
}

enum PeerEnd: String, Codable, Hashable, Sendable, CaseIterable {
  case sender, receiver
}
