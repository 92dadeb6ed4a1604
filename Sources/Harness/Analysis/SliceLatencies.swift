// SPDX-License-Identifier: Apache-2.0

/// The latencies of one slice, which are also part of its launch's.
///
/// A run stores them for those slices alone that its numbers leave out: what is compared is the
/// launch's latencies without these.
public struct SliceLatencies: Hashable, Sendable {
  public var latency: [LatencyHistogram.Pair]
  public var response: [LatencyHistogram.Pair]
  public var service: [LatencyHistogram.Pair]
  public var lag: [LatencyHistogram.Pair]

  public init(
    latency: [LatencyHistogram.Pair] = [], response: [LatencyHistogram.Pair] = [],
    service: [LatencyHistogram.Pair] = [], lag: [LatencyHistogram.Pair] = []
  ) {
    self.latency = latency
    self.response = response
    self.service = service
    self.lag = lag
  }

  public var isEmpty: Bool {
    latency.isEmpty && response.isEmpty && service.isEmpty && lag.isEmpty
  }

  /// All together, value by value.
  static func sum(_ parts: [SliceLatencies]) -> SliceLatencies {
    func sum(_ kind: KeyPath<SliceLatencies, [LatencyHistogram.Pair]>) -> [LatencyHistogram.Pair] {
      LatencyHistogram.Pair.sum(parts.flatMap { $0[keyPath: kind] })
    }
    return SliceLatencies(
      latency: sum(\.latency), response: sum(\.response), service: sum(\.service), lag: sum(\.lag))
  }
}

extension LatencyHistogram.Pair {
  /// Each value once, ascending.
  static func sum(_ pairs: [LatencyHistogram.Pair]) -> [LatencyHistogram.Pair] {
    let counts = Dictionary(pairs.map { ($0.nanoseconds, $0.count) }, uniquingKeysWith: &+)
    return counts.sorted { $0.key < $1.key }.map { .init(nanoseconds: $0.key, count: $0.value) }
  }

  /// What is left of `pairs` without `part`, which is a part of them.
  static func difference(
    _ pairs: [LatencyHistogram.Pair], _ part: [LatencyHistogram.Pair]
  ) -> [LatencyHistogram.Pair] {
    if part.isEmpty { return pairs }
    let taken = Dictionary(part.map { ($0.nanoseconds, $0.count) }, uniquingKeysWith: &+)
    return sum(pairs).compactMap { pair in
      // A damaged file may claim to take more than there is.
      let left = pair.count - min(pair.count, taken[pair.nanoseconds] ?? 0)
      return left == 0 ? nil : .init(nanoseconds: pair.nanoseconds, count: left)
    }
  }
}

extension SliceLatencies: Codable {
  /// The names of the launch's own, in the form of `PairCoding`.
  private enum CodingKeys: String, CodingKey {
    case latency = "latency_ns_pairs"
    case response = "response_ns_pairs"
    case service = "service_ns_pairs"
    case lag = "lag_ns_pairs"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      latency: try values.decodePairs(.latency), response: try values.decodePairs(.response),
      service: try values.decodePairs(.service), lag: try values.decodePairs(.lag))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(pairs: latency, .latency)
    try values.encode(pairs: response, .response)
    try values.encode(pairs: service, .service)
    try values.encode(pairs: lag, .lag)
  }
}

extension KeyedDecodingContainer {
  /// A histogram in the form of `PairCoding`; empty when there is none.
  func decodePairs(_ key: Key) throws -> [LatencyHistogram.Pair] {
    guard let text = try decodeIfPresent(String.self, forKey: key) else { return [] }
    guard let pairs = PairCoding.decode(text) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "not base64 of LEB128 pairs")
    }
    return pairs
  }
}

extension KeyedEncodingContainer {
  /// A histogram in the form of `PairCoding`; null when it is empty.
  mutating func encode(pairs: [LatencyHistogram.Pair], _ key: Key) throws {
    try encode(pairs.isEmpty ? nil : PairCoding.encode(pairs), forKey: key)
  }
}
