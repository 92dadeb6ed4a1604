// SPDX-License-Identifier: Apache-2.0
internal import Foundation

extension SloReport: Encodable {
  private enum CodingKeys: String, CodingKey {
    case schema, machine, build, percentile
    case limit = "limit_ns"
    case arrivals, tolerance, cells
  }

  private enum CellKeys: String, CodingKey {
    case id
    case parameters = "params"
    case finding, reason
    case held = "held_per_s"
    case missed = "missed_per_s"
    case sparse = "slow_below_per_s"
    case answer, probes
  }

  private enum ProbeKeys: String, CodingKey {
    case rate = "rate_per_s"
    case achieved = "achieved_per_s"
    case launches, verdict
    case response = "response_ns"
    case lag = "lag_ns"
    case ownLag = "own_lag_ns"
    case generatorCost = "generator_cost_ns"
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.schema, forKey: .schema)
    try values.encode(machine, forKey: .machine)
    try values.encode(build, forKey: .build)
    try values.encode(bound.percentile, forKey: .percentile)
    try values.encode(bound.limit, forKey: .limit)
    try values.encode(arrivals, forKey: .arrivals)
    try values.encode(tolerance, forKey: .tolerance)
    var cells = values.nestedUnkeyedContainer(forKey: .cells)
    for result in results {
      var cell = cells.nestedContainer(keyedBy: CellKeys.self)
      try encode(result, &cell)
    }
  }

  private func encode(
    _ result: SloResult, _ cell: inout KeyedEncodingContainer<CellKeys>
  ) throws {
    try cell.encode(result.cell.id, forKey: .id)
    try cell.encode(result.cell.parameters, forKey: .parameters)
    try cell.encode(result.finding, forKey: .finding)
    try cell.encode(result.reason, forKey: .reason)
    try cell.encode(result.held?.perSecond, forKey: .held)
    try cell.encode(result.missed?.perSecond, forKey: .missed)
    try cell.encode(result.held == nil ? nil : result.sparse?.perSecond, forKey: .sparse)
    try cell.encode(answer(result), forKey: .answer)
    var probes = cell.nestedUnkeyedContainer(forKey: .probes)
    for probe in result.probes {
      var values = probes.nestedContainer(keyedBy: ProbeKeys.self)
      try values.encode(probe.rate.perSecond, forKey: .rate)
      try values.encode(probe.achieved, forKey: .achieved)
      try values.encode(probe.launches, forKey: .launches)
      try values.encode(probe.verdict, forKey: .verdict)
      try values.encode(probe.metrics.response, forKey: .response)
      try values.encode(probe.metrics.lag, forKey: .lag)
      try values.encode(probe.metrics.ownLag, forKey: .ownLag)
      try values.encode(probe.metrics.generatorCost, forKey: .generatorCost)
    }
  }

  /// Sorted keys, for people who look into it and for tools that compare.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
