// SPDX-License-Identifier: Apache-2.0

/// What became of every message, counted once per customer that should have seen it.
public struct Integrity: Codable, Hashable, Sendable {
  /// Accepted by the transport, times the number of customers.
  public var sent: Int
  public var received: Int
  /// Sent, never seen, and not dropped by the chosen backpressure.
  public var lost: Int
  public var duplicated: Int
  public var reordered: Int
  public var corrupt: Int
  public var torn: Int
  /// Given up under a backpressure that allows it; not a violation.
  public var dropped: Int
  /// Passed over by a customer's strategy; not a violation.
  public var skipped: Int

  public init(
    sent: Int = 0, received: Int = 0, lost: Int = 0, duplicated: Int = 0, reordered: Int = 0,
    corrupt: Int = 0, torn: Int = 0, dropped: Int = 0, skipped: Int = 0
  ) {
    self.sent = sent
    self.received = received
    self.lost = lost
    self.duplicated = duplicated
    self.reordered = reordered
    self.corrupt = corrupt
    self.torn = torn
    self.dropped = dropped
    self.skipped = skipped
  }

  /// Runs stored before strategies were measured have no `skipped`.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func count(_ key: CodingKeys) throws -> Int { try values.decode(Int.self, forKey: key) }
    self.init(
      sent: try count(.sent), received: try count(.received), lost: try count(.lost),
      duplicated: try count(.duplicated), reordered: try count(.reordered),
      corrupt: try count(.corrupt), torn: try count(.torn), dropped: try count(.dropped),
      skipped: try values.decodeIfPresent(Int.self, forKey: .skipped) ?? 0)
  }

  /// Messages that did not arrive as they were sent.
  public var violations: Int { lost + duplicated + reordered + corrupt + torn }

  /// Whether every message sent is accounted for: nothing vanished between the counters.
  public var isConserved: Bool { sent + duplicated == received + lost + dropped + skipped }

  public static func + (left: Integrity, right: Integrity) -> Integrity {
    Integrity(
      sent: left.sent + right.sent, received: left.received + right.received,
      lost: left.lost + right.lost, duplicated: left.duplicated + right.duplicated,
      reordered: left.reordered + right.reordered, corrupt: left.corrupt + right.corrupt,
      torn: left.torn + right.torn, dropped: left.dropped + right.dropped,
      skipped: left.skipped + right.skipped)
  }

  /// `2 lost, 1 corrupt`, or nil when there is nothing to say.
  public var complaint: String? {
    let parts = [
      (lost, "lost"), (duplicated, "duplicated"), (reordered, "reordered"), (corrupt, "corrupt"),
      (torn, "torn"),
    ]
    let bad = parts.filter { $0.0 != 0 }.map { "\($0.0) \($0.1)" }
    if !bad.isEmpty { return bad.joined(separator: ", ") }
    if isConserved { return nil }
    return "counters disagree: \(sent) sent, \(received) received, \(dropped) dropped"
      + (skipped == 0 ? "" : ", \(skipped) skipped")
  }
}
