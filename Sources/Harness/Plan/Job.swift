// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A benchmark as somebody wrote it down: checked, typed, not yet multiplied out.
public struct Job: Sendable, Equatable {
  /// The schema version this build reads.
  public static let schema = 1

  public let name: String
  public let title: String?
  public let seed: Int
  /// The wall time the whole run may take; nil for as long as it needs.
  public let budget: Nanoseconds?
  /// One for a file without `groups`.
  public let groups: [JobGroup]

  /// Reads a job from YAML text.
  ///
  /// - Parameters:
  ///   - source: the file name that errors use; the default job name comes from it, and the paths of
  ///     traces begin in its folder.
  ///   - overrides: values that replace those of the text, groups included.
  /// - Throws: `HarnessError` (`job`), one line with `FILE:LINE` where there is one.
  public init(
    yaml: String, source: String, catalog: Catalog, overrides: JobOverrides = .none
  ) throws(HarnessError) {
    let root = try JobNode(yaml: yaml, source: source)
    let entries = try root.map("job", example: "{ schema: 1 }")
    try Self.checkSchema(entries, root: root)
    let scope = try JobScope(entries, isGroup: false)
    var whole = scope
    try overrides.apply(to: &whole)
    let file = URL(fileURLWithPath: source)
    let traces = TraceReader(folder: file.deletingLastPathComponent().path)
    let stem = file.deletingPathExtension().lastPathComponent
    name = try whole.name?.text("name", example: stem) ?? stem
    title = try whole.title?.text("title", example: "Stores compared")
    seed =
      try whole.defaults[.seed]?.integer("seed", in: JobLimits.seeds, example: "1") ?? 1
    budget = try whole.defaults[.budget]?.duration(
      "budget", in: JobLimits.budgets, example: "60s")
    guard let node = entries.first(where: { $0.key == "groups" })?.value else {
      groups = [try JobGroup(whole, catalog: catalog, traces: traces, isGroup: false)]
      return
    }
    groups = try Self.groups(
      node, file: scope, overrides: overrides, catalog: catalog, traces: traces)
  }

  /// Reads a job from a file.
  public init(
    path: String, catalog: Catalog, overrides: JobOverrides = .none
  ) throws(HarnessError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HarnessError(
        .file, at: path, "the job file cannot be read", remedy: "check the path and permissions")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw HarnessError(
        .job, at: path, "the job file is not UTF-8", remedy: "save it as UTF-8 text")
    }
    try self.init(yaml: text, source: path, catalog: catalog, overrides: overrides)
  }
}

extension Job {
  private static func checkSchema(
    _ entries: [JobEntry], root: JobNode
  ) throws(HarnessError) {
    guard let entry = entries.first(where: { $0.key == "schema" }) else {
      // A file whose only fault is `shcema: 1` is told about that key, not about a missing one.
      if let slip = entries.first(where: {
        !JobKeys.top.contains($0.key)
          && EditDistance.nearest(to: $0.key, in: JobKeys.top) == "schema"
      }) {
        throw JobKeys.unknown(slip, in: nil, known: JobKeys.top)
      }
      throw root.error("the job has no `schema`", remedy: "start the file with schema: \(schema)")
    }
    let text = try entry.value.text("schema", example: "\(schema)")
    guard text == "\(schema)" else {
      throw HarnessError(
        .job, at: entry.value.place, "schema \(text) is unknown to this build",
        remedy: "write schema: \(schema), or use the weir version that the job was written for")
    }
  }

  private static func groups(
    _ node: JobNode, file: JobScope, overrides: JobOverrides, catalog: Catalog,
    traces: TraceReader
  ) throws(HarnessError) -> [JobGroup] {
    guard case .list(let elements) = node.content, !elements.isEmpty else {
      throw node.error(
        "`groups` is \(node.summary), not a list of groups",
        remedy: "write groups: [{ name: small, axes: { size: [64B] } }]")
    }
    var groups: [JobGroup] = []
    for element in elements {
      let entries = try element.map("groups", example: "[{ name: small }]")
      guard entries.contains(where: { $0.key == "name" }) else {
        throw element.error("a group has no `name`", remedy: "add name: small-messages")
      }
      var scope = file.overlaid(by: try JobScope(entries, isGroup: true))
      let groupName = scope.name
      try overrides.apply(to: &scope)
      scope.name = groupName
      let group = try JobGroup(scope, catalog: catalog, traces: traces, isGroup: true)
      guard !groups.contains(where: { $0.name == group.name }) else {
        throw element.error(
          "two groups are named `\(group.name ?? "")`", remedy: "give each its own name")
      }
      groups.append(group)
    }
    return groups
  }
}
