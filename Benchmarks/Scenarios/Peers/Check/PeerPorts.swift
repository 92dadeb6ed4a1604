// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// The descriptors of both ends of a channel, by number, so that each end's owner can be another.
struct PeerPorts: Sendable {
  let terms: PeerTerms
  let outlets: [CInt]
  /// Of each receiver.
  let inlets: [[CInt]]
  /// Of the sender, one to each receiver.
  let lines: [CInt]
  /// Of each receiver.
  let otherLines: [CInt]
  let share: PeerScenario.Share
  /// Of a plug-in's channel, for as long as ends may still attach.
  private let keeper: (any AnyObject & Sendable)?

  init(_ terms: PeerTerms) throws {
    self.terms = terms
    let channel = try terms.kind.makeChannel(terms) { _ in }
    // Of its own, since queues and rings have one descriptor for both ends.
    func duplicates(_ descriptors: [OwnedDescriptor]?) throws -> [CInt] {
      try descriptors?.map { try ByteChannel.duplicate($0.number) } ?? []
    }
    outlets = try duplicates(channel?.outlets)
    inlets = try (0..<terms.customers).map { _ in try duplicates(channel?.inlets) }
    share = PeerScenario.Share(descriptors: outlets.count, name: channel?.name ?? "")
    keeper = channel?.keeper
    let pairs = try (0..<terms.customers).map { _ in try ByteChannel.makePair() }
    lines = pairs.map(\.0)
    otherLines = pairs.map(\.1)
  }

  /// The sender's port; the port owns its descriptors.
  func outletPort(_ context: ZeroMQContext?) -> PeerPort {
    PeerPort(terms, outlets, share, Lifeline(all: lines.map(OwnedDescriptor.init)), context)
  }

  /// A receiver's port; the port owns its descriptors.
  func inletPort(_ context: ZeroMQContext?, _ index: Int = 0) -> PeerPort {
    var share = share
    share.index = index
    let line = Lifeline(OwnedDescriptor(otherLines[index]))
    return PeerPort(terms, inlets[index], share, line, context)
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
