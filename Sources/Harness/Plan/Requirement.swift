// SPDX-License-Identifier: Apache-2.0
public import Topology

/// Something a run must have, so that a script fails where it would otherwise skip in silence.
public struct Requirement: Hashable, Sendable {
  /// A placement preset, a capability of the machine, or a store.
  public let name: String
  /// Why it is not there, in one line; nil when it is.
  public let unmetReason: String?

  /// - Throws: `HarnessError` (`job`) for a name that is none of the three.
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

  private static func reason(_ outcome: PresetOutcome) -> String? {
    guard case .unavailable(let reason) = outcome else { return nil }
    return reason
  }
}
