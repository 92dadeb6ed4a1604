// SPDX-License-Identifier: Apache-2.0

extension LaunchRecord: Codable {
  /// `…_ns_pairs` are histograms in the form of `PairCoding`.
  private enum CodingKeys: String, CodingKey {
    case cellID = "cell"
    case launch, slices
    case latency = "latency_ns_pairs"
    case response = "response_ns_pairs"
    case service = "service_ns_pairs"
    case lag = "lag_ns_pairs"
    case integrity, placement, noise
    case busyCores = "cores_busy"
    case producerBusyCores = "producer_cores_busy"
    case customerBusyCores = "customer_cores_busy"
    case link, errors
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func pairs(_ key: CodingKeys) throws -> [LatencyHistogram.Pair] {
      guard let text = try values.decodeIfPresent(String.self, forKey: key) else { return [] }
      guard let pairs = PairCoding.decode(text) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values, debugDescription: "not base64 of LEB128 pairs")
      }
      return pairs
    }
    self.init(
      cellID: try values.decode(String.self, forKey: .cellID),
      launch: try values.decode(Int.self, forKey: .launch),
      slices: try values.decode([Slice].self, forKey: .slices),
      latency: try pairs(.latency), response: try pairs(.response), service: try pairs(.service),
      lag: try pairs(.lag),
      integrity: try values.decode(Integrity.self, forKey: .integrity),
      placement: try values.decodeIfPresent(ObservedPlacement.self, forKey: .placement),
      noise: try values.decode(Noise.self, forKey: .noise),
      link: try values.decodeIfPresent(LinkFingerprint.self, forKey: .link),
      errors: try values.decode([String].self, forKey: .errors))
    busyCores = try values.decodeIfPresent(Double.self, forKey: .busyCores)
    producerBusyCores = try values.decodeIfPresent(Double.self, forKey: .producerBusyCores)
    customerBusyCores = try values.decodeIfPresent(Double.self, forKey: .customerBusyCores)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    func encode(_ pairs: [LatencyHistogram.Pair], _ key: CodingKeys) throws {
      try values.encode(pairs.isEmpty ? nil : PairCoding.encode(pairs), forKey: key)
    }
    try values.encode(cellID, forKey: .cellID)
    try values.encode(launch, forKey: .launch)
    try values.encode(slices, forKey: .slices)
    try encode(latency, .latency)
    try encode(response, .response)
    try encode(service, .service)
    try encode(lag, .lag)
    try values.encode(integrity, forKey: .integrity)
    try values.encode(placement, forKey: .placement)
    try values.encode(noise, forKey: .noise)
    try values.encode(busyCores, forKey: .busyCores)
    try values.encode(producerBusyCores, forKey: .producerBusyCores)
    try values.encode(customerBusyCores, forKey: .customerBusyCores)
    try values.encode(link, forKey: .link)
    try values.encode(errors, forKey: .errors)
  }
}
