// SPDX-License-Identifier: Apache-2.0

/// How messages are offered; latencies under different loads are not comparable (Schroeder,
/// Wierman, Harchol-Balter, NSDI 2006).
public enum Load: Hashable, Sendable, CustomStringConvertible {
  /// The next message starts when the transport accepts it.
  case closed
  /// Messages start on a schedule, whatever the transport does.
  case open(Rate, Arrivals = .fixed)

  /// How the starts of an open load are spread over time.
  public enum Arrivals: String, Codable, CaseIterable, Sendable {
    /// At even intervals.
    case fixed
    /// At exponentially distributed intervals, as from many senders that know nothing of each other.
    case poisson
  }

  /// `closed`, `open:50k/s` or `poisson:50k/s`, as a job file writes it.
  public var description: String {
    switch self {
    case .closed: "closed"
    case .open(let rate, .fixed): "open:\(rate)"
    case .open(let rate, .poisson): "poisson:\(rate)"
    }
  }

  /// The same without `/`, which separates the parts of a cell id.
  var idPart: String { description.replacing("/s", with: "ps") }

  public var kind: String { self == .closed ? "closed" : "open" }

  public var rate: Rate? {
    if case .open(let rate, _) = self { return rate }
    return nil
  }

  /// Nil for a closed load, which has none.
  public var arrivals: Arrivals? {
    if case .open(_, let arrivals) = self { return arrivals }
    return nil
  }

  /// - Throws: `HarnessError` (`unit`) for another word or a bad rate.
  init(parsing text: String) throws(HarnessError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts.first, parts.count) {
    case ("closed", 1): self = .closed
    case ("open", 2): self = .open(try Rate(parsing: String(parts[1])))
    case ("poisson", 2): self = .open(try Rate(parsing: String(parts[1])), .poisson)
    default:
      throw HarnessError(
        .unit, "unknown load `\(text)`",
        remedy: "write closed, or open:RATE or poisson:RATE such as open:50k/s")
    }
  }
}

extension Load: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind
    case rate = "rate_per_s"
    case arrivals
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let rate = try container.decodeIfPresent(Int.self, forKey: .rate)
    let arrivals = try container.decodeIfPresent(Arrivals.self, forKey: .arrivals)
    switch (try container.decode(String.self, forKey: .kind), rate) {
    case ("closed", _): self = .closed
    case ("open", .some(let rate)) where rate > 0:
      self = .open(Rate(perSecond: rate), arrivals ?? .fixed)
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container, debugDescription: "a load is closed, or open with a rate")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(rate?.perSecond, forKey: .rate)
    try container.encode(arrivals, forKey: .arrivals)
  }
}
