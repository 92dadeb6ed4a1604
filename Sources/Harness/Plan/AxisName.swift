// SPDX-License-Identifier: Apache-2.0

/// The axes of a job, in the order in which they multiply (the last varies fastest).
public enum AxisName: String, CaseIterable, Codable, Sendable {
  case workload, load, wait, placement, backpressure, pages, producers, customers, depth, size
  case store, serializer

  static var names: [String] { allCases.map(\.rawValue) }

  /// Where a job file spells an axis besides under `axes`.
  static let workloadKeys: [String: AxisName] = [
    "kind": .workload, "producers": .producers, "customers": .customers, "depth": .depth,
    "backpressure": .backpressure, "load": .load, "pages": .pages,
  ]
}

/// The keys under `defaults`.
enum DefaultKey: String, CaseIterable {
  case warmup, measure, slice, launches, verify, seed, budget

  static var names: [String] { allCases.map(\.rawValue) }

  /// One value for the whole run, so a group cannot have its own.
  var isRunWide: Bool { self == .seed || self == .budget }
}

/// The keys of a job file, for finding the right place of a misplaced one.
enum JobKeys {
  static let top = [
    "schema", "name", "title", "backends", "defaults", "axes", "workload", "placement", "filter",
    "groups",
  ]
  static let group = ["name", "title", "defaults", "axes", "workload", "placement", "filter"]
  static let segmentLimit = "segment_limit"
  static let workload = AxisName.workloadKeys.keys.sorted() + [segmentLimit]
  static let placementParts = ["producer", "customer", "segment"]

  /// - Returns: an error for a key that a map does not have, naming where it belongs if anywhere.
  static func unknown(_ entry: JobEntry, in section: String?, known: [String]) -> HarnessError {
    let section = section.map { " under `\($0)`" } ?? ""
    let problem = "unknown key `\(entry.key)`\(section)"
    if let home = home(of: entry.key), EditDistance.nearest(to: entry.key, in: known) == nil {
      return HarnessError(
        .job, at: entry.place, problem, remedy: "`\(entry.key)` belongs under `\(home)`")
    }
    return HarnessError(
      .job, at: entry.place, problem, remedy: EditDistance.remedy(for: entry.key, known: known))
  }

  private static func home(of key: String) -> String? {
    if DefaultKey(rawValue: key) != nil { return "defaults" }
    if workload.contains(key), key != "kind" { return "workload" }
    if AxisName(rawValue: key) != nil { return "axes" }
    if placementParts.contains(key) { return "placement" }
    return nil
  }
}
