// SPDX-License-Identifier: Apache-2.0
internal import Topology

/// What a machine has to offer to a placement, and what not.
struct PlacementSurvey: Encodable {
  let schema = "weir-topology/1"
  let machine: Machine
  let presets: [Preset]
  let capabilities: [Capability]

  /// A preset and what it comes to.
  struct Preset: Encodable {
    let name: String
    let seats: SeatPair?
    /// How near the seats are, in words; nil without seats.
    let relation: String?
    /// Why there are none; nil when there are.
    let unavailableReason: String?

    enum CodingKeys: String, CodingKey {
      case name, seats, relation
      case unavailableReason = "unavailable_reason"
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(name, forKey: .name)
      try values.encode(seats, forKey: .seats)
      try values.encode(relation, forKey: .relation)
      try values.encode(unavailableReason, forKey: .unavailableReason)
    }
  }

  init(_ machine: Machine) {
    self.machine = machine
    presets = PlacementPreset.allCases.map { Self.preset($0, machine) }
    capabilities = machine.capabilities
  }

  private static func preset(_ preset: PlacementPreset, _ machine: Machine) -> Preset {
    switch machine.resolve(preset) {
    case .seats(let pair):
      Preset(
        name: preset.rawValue, seats: pair,
        relation: machine.describeRelation(pair.producer, pair.customer), unavailableReason: nil)
    case .unavailable(let reason):
      Preset(name: preset.rawValue, seats: nil, relation: nil, unavailableReason: reason)
    }
  }

  /// Two lists, for below the picture.
  var text: String {
    let names = presets.map(\.name) + capabilities.map(\.name.rawValue)
    let width = names.map(\.count).max() ?? 0
    func line(_ name: String, _ rest: String) -> String {
      "  \(name)\(String(repeating: " ", count: width - name.count))  \(rest)"
    }
    var lines = ["placement presets:"] + presets.map { line($0.name, $0.text) }
    // Those of presets stand above already.
    let known = Set(presets.map(\.name))
    let missing = capabilities.filter { !$0.isAvailable && !known.contains($0.name.rawValue) }
    if !missing.isEmpty {
      lines.append("unavailable here:")
      lines += missing.map { line($0.name.rawValue, $0.unavailableReason ?? "") }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension PlacementSurvey.Preset {
  fileprivate var text: String {
    guard let seats else { return "unavailable: \(unavailableReason ?? "no reason known")" }
    let note = seats.note.map { "; \($0)" } ?? ""
    return "\(seat(seats.producer)) -> \(seat(seats.customer)): \(relation ?? "")\(note)"
  }

  fileprivate func seat(_ seat: Seat) -> String { "\(seat.expression) (CPU \(seat.cpuset))" }
}

extension PlacementSurvey.Preset: ListingEntry {
  static let columns = ["preset", "producer", "customer", "relation or reason"]

  var fields: [String] {
    guard let seats else { return [name, "-", "-", "unavailable: \(unavailableReason ?? "")"] }
    return [
      name, seat(seats.producer), seat(seats.customer),
      [relation, seats.note].compactMap { $0 }.joined(separator: "; "),
    ]
  }
}
