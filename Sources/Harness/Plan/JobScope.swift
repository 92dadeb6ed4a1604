// SPDX-License-Identifier: Apache-2.0

/// The keys of a job file or of one group, sorted by meaning but not yet typed.
///
/// `workload.depth` and `axes.depth` are one axis here, so that a group or an override replaces it
/// however it was spelled.
struct JobScope {
  var name: JobNode?
  var title: JobNode?
  var axes: [AxisName: JobNode] = [:]
  var defaults: [DefaultKey: JobNode] = [:]
  var segmentLimit: JobNode?
  var excludes: [JobNode] = []

  /// - Parameter isGroup: whether the map is an element of `groups`.
  /// - Throws: `HarnessError` (`job`) for unknown, misplaced and repeated keys.
  init(_ entries: [JobEntry], isGroup: Bool) throws(HarnessError) {
    for entry in entries {
      switch entry.key {
      case "name": name = entry.value
      case "title": title = entry.value
      case "defaults": try readDefaults(entry.value, isGroup: isGroup)
      case "axes": try readAxes(entry.value)
      case "workload": try readWorkload(entry.value)
      case "placement": try set(.placement, entry.value, spelled: "placement")
      case "filter": try readFilter(entry.value)
      case "schema" where !isGroup, "groups" where !isGroup: continue
      // Read before everything else, because they bring names with them.
      case Job.backendsKey where !isGroup: continue
      default:
        throw JobKeys.unknown(entry, in: nil, known: isGroup ? JobKeys.group : JobKeys.top)
      }
    }
  }

  /// The scope of a group: its own keys over those of the file.
  func overlaid(by group: JobScope) -> JobScope {
    var merged = self
    merged.name = group.name ?? name
    merged.title = group.title ?? title
    merged.axes.merge(group.axes) { _, inner in inner }
    merged.defaults.merge(group.defaults) { _, inner in inner }
    merged.segmentLimit = group.segmentLimit ?? segmentLimit
    merged.excludes = group.excludes.isEmpty ? excludes : group.excludes
    return merged
  }

  private mutating func readDefaults(_ node: JobNode, isGroup: Bool) throws(HarnessError) {
    for entry in try node.map("defaults", example: "{ measure: 1s }") {
      guard let key = DefaultKey(rawValue: entry.key) else {
        throw JobKeys.unknown(entry, in: "defaults", known: DefaultKey.names)
      }
      if isGroup, key.isRunWide {
        throw HarnessError(
          .job, at: entry.place, "a group cannot have its own `\(entry.key)`",
          remedy: "move it to the file's own defaults")
      }
      defaults[key] = entry.value
    }
  }

  private mutating func readAxes(_ node: JobNode) throws(HarnessError) {
    for entry in try node.map("axes", example: "{ store: [NAME], size: [64B] }") {
      guard let axis = AxisName(rawValue: entry.key) else {
        throw JobKeys.unknown(entry, in: "axes", known: AxisName.names)
      }
      try set(axis, entry.value, spelled: "axes.\(entry.key)")
    }
  }

  private mutating func readWorkload(_ node: JobNode) throws(HarnessError) {
    if case .scalar = node.content {
      return try set(.workload, node, spelled: "workload")
    }
    for entry in try node.map("workload", example: "{ kind: stream, depth: 64 }") {
      if entry.key == JobKeys.segmentLimit {
        segmentLimit = entry.value
      } else if let axis = AxisName.workloadKeys[entry.key] {
        try set(axis, entry.value, spelled: "workload.\(entry.key)")
      } else {
        throw JobKeys.unknown(entry, in: "workload", known: JobKeys.workload)
      }
    }
  }

  private mutating func readFilter(_ node: JobNode) throws(HarnessError) {
    for entry in try node.map("filter", example: "{ exclude: [{ store: NAME }] }") {
      guard entry.key == "exclude" else {
        throw JobKeys.unknown(entry, in: "filter", known: ["exclude"])
      }
      switch entry.value.content {
      case .list(let rules): excludes = rules
      case .map: excludes = [entry.value]
      case .scalar:
        throw entry.value.error(
          "`exclude` is \(entry.value.summary), not a list of conditions",
          remedy: "write exclude: [{ store: NAME, size: [64B] }]")
      }
    }
  }

  private mutating func set(
    _ axis: AxisName, _ node: JobNode, spelled: String
  ) throws(HarnessError) {
    if let first = axes[axis] {
      throw node.error(
        "axis `\(axis.rawValue)` is given twice, here as \(spelled) and at \(first.place)",
        remedy: "keep one of them")
    }
    axes[axis] = node
  }
}
