// SPDX-License-Identifier: Apache-2.0

/// Where a job wants the two ends and the memory: a preset by name, or an expression for each.
///
/// The harness carries the words; what they mean on this machine is the launcher's business.
public enum PlacementRequest: Hashable, Sendable, CustomStringConvertible {
  case preset(String)
  case parts(producer: String, customer: String, segment: String)

  /// The form used in cell ids: `same-l3` or `p=core:0,c=core:1,seg=producer`.
  public var description: String {
    switch self {
    case .preset(let name): name
    case .parts(let producer, let customer, let segment):
      "p=\(producer),c=\(customer),seg=\(segment)"
    }
  }

  /// - Parameter part: `producer`, `customer` or `segment`.
  func part(_ part: String) -> String? {
    guard case .parts(let producer, let customer, let segment) = self else { return nil }
    return ["producer": producer, "customer": customer, "segment": segment][part]
  }

  /// Reads a preset name, or a map whose missing parts come from the fallback.
  init(_ node: JobNode, catalog: Catalog) throws(HarnessError) {
    guard case .map(let entries) = node.content else {
      self = .preset(try node.name("placement preset", known: catalog.placementPresets))
      return
    }
    var parts: [String: String] = [:]
    for entry in entries {
      guard JobKeys.placementParts.contains(entry.key) else {
        throw JobKeys.unknown(entry, in: "placement", known: JobKeys.placementParts)
      }
      parts[entry.key] = try Self.expression(entry)
    }
    for part in JobKeys.placementParts where parts[part] == nil {
      parts[part] = catalog.defaultPlacement.part(part)
    }
    guard let producer = parts["producer"], let customer = parts["customer"] else {
      let missing = parts["producer"] == nil ? "producer" : "customer"
      throw node.error(
        "the placement has no `\(missing)`", remedy: "write \(missing): \"core:0\"")
    }
    self = .parts(
      producer: producer, customer: customer, segment: parts["segment"] ?? "producer")
  }

  /// Only what would break a cell id is refused here; the machine judges the rest.
  private static func expression(_ entry: JobEntry) throws(HarnessError) -> String {
    let text = try entry.value.text("placement.\(entry.key)", example: "\"core:0\"")
    let allowed = text.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || ":.-+_".contains($0))
    }
    guard !text.isEmpty, allowed else {
      throw HarnessError(
        .job, at: entry.value.place, "`\(text)` is not a place for a \(entry.key)",
        remedy: "name a machine object such as core:0, pu:3, numa:1 or numa:0.core:2")
    }
    return text
  }
}

extension PlacementRequest: Codable {
  private enum CodingKeys: String, CodingKey { case preset, producer, customer, segment }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let name = try container.decodeIfPresent(String.self, forKey: .preset) {
      self = .preset(name)
    } else {
      self = .parts(
        producer: try container.decode(String.self, forKey: .producer),
        customer: try container.decode(String.self, forKey: .customer),
        segment: try container.decode(String.self, forKey: .segment))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .preset(let name): try container.encode(name, forKey: .preset)
    case .parts(let producer, let customer, let segment):
      try container.encode(producer, forKey: .producer)
      try container.encode(customer, forKey: .customer)
      try container.encode(segment, forKey: .segment)
    }
  }
}
