// SPDX-License-Identifier: Apache-2.0

/// How near a cell came to the limit that bounds it.
public struct RoofShare: Codable, Hashable, Sendable {
  /// 1 is the limit itself; nil when there is none or it was not measured.
  public let share: Double?
  /// What the limit is, such as `memcpy 1MiB`; nil when there is none.
  public let limit: String?
  /// Why there is no share; nil when there is one.
  public let reason: String?

  enum CodingKeys: String, CodingKey { case share, limit, reason }

  private init(_ share: Double, of limit: String) {
    self.share = share
    self.limit = limit
    reason = nil
  }

  private init(unavailable reason: String, limit: String? = nil) {
    share = nil
    self.limit = limit
    self.reason = reason
  }

  /// Compares what a cell did with its roof.
  ///
  /// Rates are compared per producer and customer, because a memcpy figure is one core's.
  init(
    _ cell: Cell, latency: LatencyMetrics?, messages: Estimate?, bytes: Estimate?,
    roofline: Roofline
  ) {
    switch cell.roof.kind {
    case .unavailable:
      self.init(unavailable: cell.roof.reason ?? "nothing bounds this cell")
    case .cachelinePingPong:
      self.init(latency, against: roofline.cachelinePingPong, named: "cache-line ping-pong")
    case .futexPingPong:
      self.init(latency, against: roofline.futexPingPong, named: "futex ping-pong")
    case .memcpy:
      self.init(cell, bytes, against: roofline.memcpy, named: "memcpy")
    case .stream where roofline.stream[cell.size.bytes] != nil:
      self.init(cell, messages, against: roofline.stream, named: "C ring")
    case .stream:
      self.init(cell, bytes, against: roofline.memcpy, named: "memcpy")
    }
  }

  private init(_ latency: LatencyMetrics?, against roof: LatencyMetrics?, named name: String) {
    guard let limit = roof?.p50.value else {
      self.init(unavailable: "\(name) was not measured", limit: name)
      return
    }
    guard let p50 = latency?.p50.value, p50 > 0 else {
      self.init(unavailable: "the cell has no p50", limit: name)
      return
    }
    self.init(limit / p50, of: name)
  }

  private init(
    _ cell: Cell, _ rate: Estimate?, against limits: [Int: Roofline.Limit], named name: String
  ) {
    let name = "\(name) \(cell.size)"
    guard let limit = limits[cell.size.bytes]?.estimate.value, limit > 0 else {
      self.init(unavailable: "\(name) was not measured", limit: name)
      return
    }
    guard let rate else {
      self.init(unavailable: "the cell has no rate", limit: name)
      return
    }
    self.init(rate.value / Double(cell.producers * cell.customers) / limit, of: name)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(share, forKey: .share)
    try values.encode(limit, forKey: .limit)
    try values.encode(reason, forKey: .reason)
  }
}
