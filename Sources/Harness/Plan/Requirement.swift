// SPDX-License-Identifier: Apache-2.0
public import Topology

/// Something a run must have, so that a script fails where it would otherwise skip in silence.
public struct Requirement: Hashable, Sendable {
  /// A placement preset, a capability of the machine, a store, or a place: `numa:2` where an end can
  /// sit, `segment=numa:2` where memory can live.
  public let name: String
  /// Why it is not there, in one line; nil when it is.
  public let unmetReason: String?

  /// - Throws: `HarnessError` (`job`) for a name that is none of these.
  public init(
    _ name: String, catalog: Catalog, machine: Machine
  ) throws(HarnessError) {
    self.name = name
    if let capability = Topology.Capability.Name(rawValue: name) {
      unmetReason = machine.whyUnavailable(capability)
    } else if let preset = PlacementPreset(rawValue: name) {
      unmetReason = Self.reason(machine.resolve(preset))
    } else if let backend = catalog.backend(name) {
      unmetReason = backend.unavailable
    } else if name.contains(":") {
      unmetReason = try Self.placeReason(name, machine)
    } else {
      throw HarnessError(
        .job, at: "--require \(name)", "there is nothing named `\(name)` to require",
        remedy: EditDistance.remedy(for: name, known: Self.names(catalog)))
    }
  }

  /// Everything that can be required, presets first.
  public static func names(_ catalog: Catalog) -> [String] {
    let names =
      PlacementPreset.allCases.map(\.rawValue) + Topology.Capability.Name.allCases.map(\.rawValue)
      + catalog.storeNames
    return names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// Why an end cannot sit, or memory cannot live, at a place.
  private static func placeReason(
    _ name: String, _ machine: Machine
  ) throws(HarnessError) -> String? {
    do throws(TopologyError) {
      if name.hasPrefix(homePrefix) {
        let seat = try machine.anySeat()
        let home = try MemoryHome(String(name.dropFirst(homePrefix.count)))
        _ = try machine.resolve(home, producer: seat, customer: seat)
      } else {
        _ = try machine.seat(name)
      }
      return nil
    } catch {
      guard case .malformed = error.code else { return error.description }
      throw HarnessError(
        .job, at: "--require \(name)", error.description,
        remedy: "or require a preset, a capability or a store")
    }
  }

  private static let homePrefix = "segment="

  private static func reason(_ outcome: PresetOutcome) -> String? {
    guard case .unavailable(let reason) = outcome else { return nil }
    return reason
  }
}
