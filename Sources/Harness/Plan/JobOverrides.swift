// SPDX-License-Identifier: Apache-2.0

/// Values given on the command line as `KEY=VALUE[,VALUE…]`, replacing those of the job file.
///
/// A key is a dotted path (`workload.depth`, `placement.producer`, `defaults.seed`) or the short
/// name of an axis or default (`size`, `store`, `launches`). An override reaches every group.
public struct JobOverrides: Sendable, Equatable {
  /// As typed, so that a stored run can be repeated.
  public let arguments: [String]
  private let assignments: [Assignment]

  private struct Assignment: Sendable, Equatable {
    let target: Target
    let values: [String]
    let place: String
  }

  private enum Target: Sendable, Equatable {
    case axis(AxisName)
    case fallback(DefaultKey)
    case placementPart(String)
    case segmentLimit, name, title
  }

  public static let none = JobOverrides()

  private init() {
    arguments = []
    assignments = []
  }

  /// - Throws: `HarnessError` (`job`) for an argument without `=` or value, and an unknown key.
  public init(parsing arguments: [String]) throws(HarnessError) {
    self.arguments = arguments
    var assignments: [Assignment] = []
    for argument in arguments { assignments.append(try Self.assignment(argument)) }
    self.assignments = assignments
  }

  private static func assignment(_ argument: String) throws(HarnessError) -> Assignment {
    let place = "--set \(argument)"
    let halves = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[0].isEmpty else {
      throw HarnessError(
        .job, at: place, "an override has no `=`", remedy: "write --set size=64B,1MiB")
    }
    let key = String(halves[0])
    let values = halves[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard values.allSatisfy({ !$0.isEmpty }) else {
      throw HarnessError(
        .job, at: place, "`\(key)` has an empty value",
        remedy: "write values separated by single commas, such as size=64B,1MiB")
    }
    return Assignment(target: try target(key, place: place), values: values, place: place)
  }

  private static func target(_ key: String, place: String) throws(HarnessError) -> Target {
    if let target = targets[key] { return target }
    if ["filter", "groups", "schema"].contains(key.split(separator: ".").first.map(String.init)) {
      throw HarnessError(
        .job, at: place, "`\(key)` cannot be overridden", remedy: "edit the job file")
    }
    let known = targets.keys.sorted()
    let near = EditDistance.nearest(to: key, in: known)
    let short = (AxisName.names + DefaultKey.names).joined(separator: ", ")
    throw HarnessError(
      .job, at: place, "unknown key `\(key)`",
      remedy: near.map { "did you mean `\($0)`?" } ?? "known: \(short) or a dotted path")
  }

  private static let targets: [String: Target] = {
    var targets: [String: Target] = [
      "name": .name, "title": .title, JobKeys.segmentLimit: .segmentLimit,
      "workload.\(JobKeys.segmentLimit)": .segmentLimit,
    ]
    for axis in AxisName.allCases {
      targets[axis.rawValue] = .axis(axis)
      targets["axes.\(axis.rawValue)"] = .axis(axis)
    }
    for (key, axis) in AxisName.workloadKeys { targets["workload.\(key)"] = .axis(axis) }
    for key in DefaultKey.allCases {
      targets[key.rawValue] = .fallback(key)
      targets["defaults.\(key.rawValue)"] = .fallback(key)
    }
    for part in JobKeys.placementParts { targets["placement.\(part)"] = .placementPart(part) }
    return targets
  }()
}

extension JobOverrides {
  /// Puts the values in place of those of a scope, groups included.
  func apply(to scope: inout JobScope) throws(HarnessError) {
    for assignment in assignments {
      let node = Self.node(assignment)
      switch assignment.target {
      case .axis(let axis): scope.axes[axis] = node
      case .fallback(let key): scope.defaults[key] = node
      case .segmentLimit: scope.segmentLimit = node
      case .name: scope.name = node
      case .title: scope.title = node
      case .placementPart(let part):
        scope.axes[.placement] = try Self.placement(
          scope.axes[.placement], part: part, node: node)
      }
    }
  }

  private static func node(_ assignment: Assignment) -> JobNode {
    let scalars = assignment.values.map { JobNode(scalar: $0, place: assignment.place) }
    if scalars.count == 1, let only = scalars.first { return only }
    return JobNode(.list(scalars), place: assignment.place)
  }

  /// Sets one part of every placement of the axis.
  private static func placement(
    _ current: JobNode?, part: String, node: JobNode
  ) throws(HarnessError) -> JobNode {
    let values = try current?.axisValues("placement") ?? [JobNode(.map([]), place: node.place)]
    var changed: [JobNode] = []
    for value in values {
      guard case .map(var entries) = value.content else {
        throw node.error(
          "the placement is the preset \(value.summary), which has no `\(part)` of its own",
          remedy: "set all of placement.producer, placement.customer and placement.segment in a"
            + " job file, or another preset with placement=NAME")
      }
      entries.removeAll { $0.key == part }
      entries.append(JobEntry(key: part, place: node.place, value: node))
      changed.append(JobNode(.map(entries), place: value.place))
    }
    return JobNode(.list(changed), place: node.place)
  }
}
