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
    case ownLag = "own_lag_ns_pairs"
    case generator
    case integrity, placement, noise
    case busyCores = "cores_busy"
    case producerBusyCores = "producer_cores_busy"
    case customerBusyCores = "customer_cores_busy"
    case link, conditions, errors
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      cellID: try values.decode(String.self, forKey: .cellID),
      launch: try values.decode(Int.self, forKey: .launch),
      slices: try values.decode([Slice].self, forKey: .slices),
      latency: try values.decodePairs(.latency), response: try values.decodePairs(.response),
      service: try values.decodePairs(.service),
      lag: try values.decodePairs(.lag),
      integrity: try values.decode(Integrity.self, forKey: .integrity),
      placement: try values.decodeIfPresent(ObservedPlacement.self, forKey: .placement),
      noise: try values.decode(Noise.self, forKey: .noise),
      link: try values.decodeIfPresent(LinkFingerprint.self, forKey: .link),
      errors: try values.decode([String].self, forKey: .errors))
    conditions = try values.decodeIfPresent(LaunchConditions.self, forKey: .conditions)
    ownLag = try values.decodePairs(.ownLag)
    generator = try values.decodeIfPresent(GeneratorRecord.self, forKey: .generator)
    busyCores = try values.decodeIfPresent(Double.self, forKey: .busyCores)
    producerBusyCores = try values.decodeIfPresent(Double.self, forKey: .producerBusyCores)
    customerBusyCores = try values.decodeIfPresent(Double.self, forKey: .customerBusyCores)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(cellID, forKey: .cellID)
    try values.encode(launch, forKey: .launch)
    try values.encode(slices, forKey: .slices)
    try values.encode(pairs: latency, .latency)
    try values.encode(pairs: response, .response)
    try values.encode(pairs: service, .service)
    try values.encode(pairs: lag, .lag)
    if !ownLag.isEmpty { try values.encode(pairs: ownLag, .ownLag) }
    try values.encodeIfPresent(generator, forKey: .generator)
    try values.encode(integrity, forKey: .integrity)
    try values.encode(placement, forKey: .placement)
    try values.encode(noise, forKey: .noise)
    try values.encode(busyCores, forKey: .busyCores)
    try values.encode(producerBusyCores, forKey: .producerBusyCores)
    try values.encode(customerBusyCores, forKey: .customerBusyCores)
    try values.encode(link, forKey: .link)
    try values.encode(conditions, forKey: .conditions)
    try values.encode(errors, forKey: .errors)
  }
}
