// SPDX-License-Identifier: Apache-2.0

/// How messages are offered; latencies under different loads are not comparable (Schroeder,
/// Wierman, Harchol-Balter, NSDI 2006).
public enum Load: Hashable, Sendable, CustomStringConvertible {
  /// The next message starts when the transport accepts it.
  case closed
  /// Messages start on a schedule, whatever the transport does.
  case open(Rate, Arrivals = .fixed)
  /// Messages start, and have the sizes, as a file recorded them.
  case trace(Trace)

  /// How the starts of an open load are spread over time.
  public enum Arrivals: String, Codable, CaseIterable, Sendable {
    /// At even intervals.
    case fixed
    /// At exponentially distributed intervals, as from many senders that know nothing of each other.
    case poisson
  }

  /// `closed`, `open:50k/s`, `poisson:50k/s` or `trace:FILE`, as a job file writes it.
  public var description: String {
    switch self {
    case .closed: "closed"
    case .open(let rate, .fixed): "open:\(rate)"
    case .open(let rate, .poisson): "poisson:\(rate)"
    case .trace(let trace): "trace:\(trace.path)"
    }
  }

  /// The same without `/`, which separates the parts of a cell id; a trace by what is in it, because
  /// numbers of files that merely have the same name do not compare.
  var idPart: String {
    if case .trace(let trace) = self { return "trace:\(trace.name)@\(trace.digest)" }
    return description.replacing("/s", with: "ps")
  }

  public var kind: String { self == .closed ? "closed" : "open" }

  /// Nil for a closed load, and for a trace, which has a rate of its own at every moment.
  public var rate: Rate? {
    if case .open(let rate, _) = self { return rate }
    return nil
  }

  public var trace: Trace? {
    if case .trace(let trace) = self { return trace }
    return nil
  }

  /// Nil for a closed load, which has none, and for a trace.
  public var arrivals: Arrivals? {
    if case .open(_, let arrivals) = self { return arrivals }
    return nil
  }

  /// - Parameter readTrace: finds the trace that a file holds; nil where there are no files.
  /// - Throws: `HarnessError` (`unit`) for another word or a bad rate, `job` for a bad trace.
  init(
    parsing text: String, readTrace: ((String) throws(HarnessError) -> Trace)? = nil
  ) throws(HarnessError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let argument = parts.count == 2 && !parts[1].isEmpty ? String(parts[1]) : nil
    switch (parts.first, argument) {
    case ("closed", nil) where parts.count == 1: self = .closed
    case ("open", let rate?): self = .open(try Rate(parsing: rate))
    case ("poisson", let rate?): self = .open(try Rate(parsing: rate), .poisson)
    case ("trace", let path?):
      guard let readTrace else { fallthrough }
      self = .trace(try readTrace(path))
    default:
      throw HarnessError(
        .unit, "unknown load `\(text)`",
        remedy: "write closed, or open:RATE or poisson:RATE such as open:50k/s, or trace:FILE.csv")
    }
  }
}

extension Load: Codable {
  /// `achieved` is what a run adds.
  enum CodingKeys: String, CodingKey {
    case kind
    case rate = "rate_per_s"
    case arrivals, trace
    case achieved = "achieved_per_s"
  }

  /// How arrivals of a trace are called where a load is stored.
  private static let traceArrivals = "trace"

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let rate = try container.decodeIfPresent(Int.self, forKey: .rate)
    let name = try container.decodeIfPresent(String.self, forKey: .arrivals)
    let trace = try container.decodeIfPresent(Trace.self, forKey: .trace)
    let arrivals = name.map { Arrivals(rawValue: $0) } ?? .fixed
    switch (try container.decode(String.self, forKey: .kind), rate, trace, arrivals) {
    case ("closed", _, _, _): self = .closed
    case ("open", _, .some(let trace), _): self = .trace(trace)
    case ("open", .some(let rate), nil, .some(let arrivals)) where rate > 0:
      self = .open(Rate(perSecond: rate), arrivals)
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container,
        debugDescription: "a load is closed, or open with a rate, or a trace")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try encode(into: &container)
  }

  func encode(into container: inout KeyedEncodingContainer<CodingKeys>) throws {
    try container.encode(kind, forKey: .kind)
    try container.encode(rate?.perSecond, forKey: .rate)
    try container.encode(
      trace == nil ? arrivals?.rawValue : Self.traceArrivals, forKey: .arrivals)
    try container.encodeIfPresent(trace, forKey: .trace)
  }
}
