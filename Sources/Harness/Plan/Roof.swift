// SPDX-License-Identifier: Apache-2.0

/// Which limit of the machine bounds a cell, decided when the plan is made.
public struct Roof: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, Sendable {
    /// One memcpy of the message size per message.
    case memcpy
    /// Small messages per second of the plainest ring, else the memcpy call rate.
    case stream
    case cachelinePingPong = "cacheline_pingpong"
    case futexPingPong = "futex_pingpong"
    case unavailable
  }

  public let kind: Kind
  /// Why there is no roof; nil when there is one.
  public let reason: String?

  public init(_ kind: Kind) {
    self.kind = kind
    reason = nil
  }

  private init(unavailable reason: String) {
    kind = .unavailable
    self.reason = reason
  }

  public static func unavailable(_ reason: String) -> Roof { Roof(unavailable: reason) }

  /// Below one page the cost of a message is its hand-over, not its bytes.
  static let smallestCopyBound = ByteCount(4096)

  /// Chooses the roof of a cell by what must physically happen in it.
  static func choose(
    _ parameters: CellParameters, load: Load, catalog: Catalog
  ) -> Roof {
    let capabilities = catalog.backend(parameters.store)?.capabilities ?? []
    if capabilities.contains(.null) { return .unavailable("the null backend moves nothing") }
    if capabilities.contains(.byReference) {
      return .unavailable("handed over by reference in one process: nothing is copied")
    }
    if load != .closed { return .unavailable("an open load asks for a rate, not for all there is") }
    let workload = catalog.workload(parameters.workload)
    if workload?.writesPayloads == false {
      return .unavailable("payloads are lent, not copied: the rate should not depend on the size")
    }
    switch workload?.latency {
    case .oneWay, nil: return Roof(parameters.size >= smallestCopyBound ? .memcpy : .stream)
    case .halfRoundTrip:
      let sleeps = catalog.wait(parameters.wait)?.sleepsBetweenMessages ?? false
      return Roof(sleeps ? .futexPingPong : .cachelinePingPong)
    case .perSend: return .unavailable("what a send costs is compared with other sends")
    case .perGet: return .unavailable("what a get costs is compared with other gets")
    case .nothing: return .unavailable("nothing moves")
    }
  }

  private enum CodingKeys: String, CodingKey { case kind, reason }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(kind, forKey: .kind)
    try values.encode(reason, forKey: .reason)
  }
}
