// SPDX-License-Identifier: Apache-2.0

/// What a producer does when the slowest customer has not made room.
public enum Backpressure: String, Codable, CaseIterable, Sendable {
  case block
  case dropNewest = "drop-newest"
  case dropOldest = "drop-oldest"
  case fail
}

/// How much of every payload a customer checks; `off` is labelled in every table.
public enum Verification: String, Codable, CaseIterable, Sendable {
  case full, sampled, header, off
}

/// How many slots the transport has: a number, or as many as a byte budget allows.
public enum Depth: Hashable, Sendable, CustomStringConvertible {
  case slots(Int)
  case auto

  /// `auto` never goes below this: one slot cannot overlap writing with reading.
  static let fewest = 2
  /// `auto` never goes above this: more slots only add cache misses.
  static let most = 64

  public var description: String {
    switch self {
    case .slots(let count): "\(count)"
    case .auto: "auto"
    }
  }

  /// The number of slots for messages of one size.
  ///
  /// - Parameter limit: bytes that `auto` may take for all slots together.
  /// - Returns: for `auto` the largest power of two within the limit, from 2 to 64.
  public func slots(for size: ByteCount, within limit: ByteCount) -> Int {
    switch self {
    case .slots(let count): return count
    case .auto:
      var count = Self.most
      while count > Self.fewest, count * size.bytes > limit.bytes { count /= 2 }
      return count
    }
  }
}

/// How messages are offered; latencies under different loads are not comparable (Schroeder,
/// Wierman, Harchol-Balter, NSDI 2006).
public enum Load: Hashable, Sendable, CustomStringConvertible {
  /// The next message starts when the transport accepts it.
  case closed
  /// Messages start on a schedule, whatever the transport does.
  case open(Rate)

  /// `closed` or `open:50k/s`, as a job file writes it.
  public var description: String {
    switch self {
    case .closed: "closed"
    case .open(let rate): "open:\(rate)"
    }
  }

  /// The same without `/`, which separates the parts of a cell id.
  var idPart: String { description.replacing("/s", with: "ps") }

  public var kind: String { self == .closed ? "closed" : "open" }

  public var rate: Rate? {
    if case .open(let rate) = self { return rate }
    return nil
  }

  /// - Throws: `HarnessError` (`unit`) for another word or a bad rate.
  init(parsing text: String) throws(HarnessError) {
    if text == "closed" {
      self = .closed
    } else if text.hasPrefix("open:") {
      self = .open(try Rate(parsing: String(text.dropFirst("open:".count))))
    } else {
      throw HarnessError(
        .unit, "unknown load `\(text)`", remedy: "write closed, or open:RATE such as open:50k/s")
    }
  }
}

extension Load: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind
    case rate = "rate_per_s"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let rate = try container.decodeIfPresent(Int.self, forKey: .rate)
    switch (try container.decode(String.self, forKey: .kind), rate) {
    case ("closed", _): self = .closed
    case ("open", .some(let rate)) where rate > 0: self = .open(Rate(perSecond: rate))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: container, debugDescription: "a load is closed, or open with a rate")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(rate?.perSecond, forKey: .rate)
  }
}
