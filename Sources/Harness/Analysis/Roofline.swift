// SPDX-License-Identifier: Apache-2.0

/// The machine's own limits, measured in the same run as the cells, each with its repeats.
public struct Roofline: Hashable, Sendable {
  /// Half round trips between the processes of a bare ping-pong.
  public var cachelinePingPong: LatencyMetrics?
  public var futexPingPong: LatencyMetrics?
  public var pipePingPong: LatencyMetrics?
  /// Bytes per second of one memcpy at a time, by message size in bytes.
  public var memcpy: [Int: Limit]
  /// Bytes per second that one core reads, and writes, by message size in bytes.
  public var read: [Int: Limit]
  public var write: [Int: Limit]
  /// Messages per second of the plainest ring in C, by message size.
  public var stream: [Int: Limit]

  /// A rate with the repeats it was read from.
  public struct Limit: Codable, Hashable, Sendable {
    public let estimate: Estimate
    public let repeats: [Double]

    /// - Returns: nil for no repeats.
    public init?(repeats: [Double]) {
      guard let estimate = Estimate(launches: repeats) else { return nil }
      self.estimate = estimate
      self.repeats = repeats
    }
  }

  public init(
    cachelinePingPong: LatencyMetrics? = nil, futexPingPong: LatencyMetrics? = nil,
    pipePingPong: LatencyMetrics? = nil, memcpy: [Int: Limit] = [:], read: [Int: Limit] = [:],
    write: [Int: Limit] = [:], stream: [Int: Limit] = [:]
  ) {
    self.cachelinePingPong = cachelinePingPong
    self.futexPingPong = futexPingPong
    self.pipePingPong = pipePingPong
    self.memcpy = memcpy
    self.read = read
    self.write = write
    self.stream = stream
  }
}

extension Plan {
  /// The message sizes at which this plan's roofs need a figure, ascending.
  public var roofSizes: [ByteCount] {
    let bounded = cells.filter {
      $0.skip == nil && ($0.roof.kind == .memcpy || $0.roof.kind == .stream)
    }
    return Set(bounded.map(\.size)).sorted()
  }
}
