// SPDX-License-Identifier: Apache-2.0

extension Roofline: Codable {
  /// Plain numbers at the top, for tools; intervals and repeats under `details`.
  private enum CodingKeys: String, CodingKey {
    case cachelinePingPong = "cacheline_pingpong_ns"
    case futexPingPong = "futex_pingpong_ns"
    case pipePingPong = "pipe_pingpong_ns"
    case memcpy = "memcpy_bytes_per_s"
    case read = "read_bytes_per_s"
    case write = "write_bytes_per_s"
    case stream = "stream_messages_per_s"
    case details
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    guard values.contains(.details) else { return }
    let details = try values.nestedContainer(keyedBy: CodingKeys.self, forKey: .details)
    cachelinePingPong = try details.decodeIfPresent(
      LatencyMetrics.self, forKey: .cachelinePingPong)
    futexPingPong = try details.decodeIfPresent(LatencyMetrics.self, forKey: .futexPingPong)
    pipePingPong = try details.decodeIfPresent(LatencyMetrics.self, forKey: .pipePingPong)
    func limits(_ key: CodingKeys) throws -> [Int: Limit] {
      let named = try details.decodeIfPresent([String: Limit].self, forKey: key) ?? [:]
      return Dictionary(
        named.compactMap { entry in Int(entry.key).map { ($0, entry.value) } },
        uniquingKeysWith: { first, _ in first })
    }
    memcpy = try limits(.memcpy)
    read = try limits(.read)
    write = try limits(.write)
    stream = try limits(.stream)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(cachelinePingPong?.p50.value, forKey: .cachelinePingPong)
    try values.encode(futexPingPong?.p50.value, forKey: .futexPingPong)
    try values.encode(pipePingPong?.p50.value, forKey: .pipePingPong)
    try values.encode(Self.named(memcpy).mapValues(\.estimate.value), forKey: .memcpy)
    try values.encode(Self.named(read).mapValues(\.estimate.value), forKey: .read)
    try values.encode(Self.named(write).mapValues(\.estimate.value), forKey: .write)
    try values.encode(Self.named(stream).mapValues(\.estimate.value), forKey: .stream)
    var details = values.nestedContainer(keyedBy: CodingKeys.self, forKey: .details)
    try details.encode(cachelinePingPong, forKey: .cachelinePingPong)
    try details.encode(futexPingPong, forKey: .futexPingPong)
    try details.encode(pipePingPong, forKey: .pipePingPong)
    try details.encode(Self.named(memcpy), forKey: .memcpy)
    try details.encode(Self.named(read), forKey: .read)
    try details.encode(Self.named(write), forKey: .write)
    try details.encode(Self.named(stream), forKey: .stream)
  }

  private static func named(_ limits: [Int: Limit]) -> [String: Limit] {
    Dictionary(limits.map { (String($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
