// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Harness
internal import Scenarios
internal import Topology

/// A job with the plan that came of it on a machine.
struct PlannedJob {
  let job: Job
  let plan: Plan
  /// The file as it was read, for the record of a run.
  let text: String
  /// In the words of `--set`, so that a stored run can be repeated.
  let overrides: [String]

  /// Reads a job, applies the overrides and multiplies it out for a machine.
  ///
  /// - Parameters:
  ///   - source: the file name that errors use, in whose folder traces are.
  ///   - only: patterns of cell ids; none for all cells.
  ///   - notes: what else the plan's reader should know.
  ///   - reserve: what is spent besides launches and rooflines; counts against the budget.
  ///   - fitsBudget: whether the plan is made to fit its budget.
  /// - Throws: `HarnessError`; `LaunchError` (`placement`) for a seat that cannot be read.
  init(
    text: String, source: String, overrides: [String], only: [String] = [], notes: [String] = [],
    catalog: Catalog, machine: Machine, reserve: Nanoseconds = Nanoseconds(0),
    fitsBudget: Bool = true
  ) throws {
    job = try Job(
      yaml: text, source: source, catalog: catalog, overrides: JobOverrides(parsing: overrides))
    var seats = SeatJudge(machine: machine)
    var plan = try Plan(job, catalog: catalog) { seats.reasonNotToSeat($0) }
    if let error = seats.error { throw error }
    if !only.isEmpty { plan = try plan.selecting(only) }
    if fitsBudget, let budget = job.budget { plan = try plan.fitted(to: budget, reserve: reserve) }
    self.plan = notes.isEmpty ? plan : plan.noting(notes)
    self.text = text
    self.overrides = overrides
  }
}

extension JobChanges {
  /// Everything that replaces a value of the job as `KEY=VALUE`: `--set` first, then the shorthands,
  /// which win.
  var overrides: [String] {
    let axes = [
      ("store", store), ("serializer", serializer), ("size", size), ("wait", wait),
      ("workload", workload), ("depth", depth),
    ].filter { !$0.1.isEmpty }.map { "\($0.0)=\($0.1.joined(separator: ","))" }
    return assignments + axes + placementOverrides + phases.overrides
  }

  /// Presets make an axis; `producer=core:0,customer=core:1` sets parts of the job's placement.
  private var placementOverrides: [String] {
    let presets = placement.filter { !$0.contains("=") }
    let parts = placement.filter { $0.contains("=") }.flatMap { $0.split(separator: ",") }
    let long = ["p": "producer", "c": "customer", "seg": "segment"]
    return (presets.isEmpty ? [] : ["placement=\(presets.joined(separator: ","))"])
      + parts.map { part in
        let key = String(part.prefix { $0 != "=" })
        return "placement.\(long[key] ?? key)\(part.dropFirst(key.count))"
      }
  }

  /// Applies the overrides to a job and multiplies it out for a machine.
  ///
  /// - Parameters:
  ///   - source: the file name that errors use, in whose folder traces are.
  ///   - more: overrides that the command itself makes; they win.
  ///   - reserve: what is spent besides launches and rooflines; counts against the budget.
  ///   - fitsBudget: whether the plan is made to fit its budget.
  /// - Throws: `HarnessError`; `LaunchError` (`placement`) for a seat that cannot be read;
  ///   `CommandError` when something required is missing.
  func plan(
    text: String, source: String, machine: Machine, more: [String] = [],
    reserve: Nanoseconds = Nanoseconds(0), fitsBudget: Bool = true
  ) throws -> PlannedJob {
    let catalog = try backends.catalog(job: text, source: source, machine: machine)
    try checkRequirements(catalog: catalog, machine: machine)
    return try PlannedJob(
      text: text, source: source, overrides: overrides + more, only: only,
      notes: BackendPlugins.notes, catalog: catalog, machine: machine, reserve: reserve,
      fitsBudget: fitsBudget)
  }

  private func checkRequirements(catalog: Catalog, machine: Machine) throws {
    for name in require {
      let requirement = try Requirement(name, catalog: catalog, machine: machine)
      if let reason = requirement.unmetReason {
        throw CommandError(
          .capabilityMissing,
          "--require \(name): \(reason); run where it is, or drop the requirement")
      }
    }
  }
}

extension JobOptions {
  /// Reads the job, applies the overrides and multiplies it out for a machine; as
  /// ``JobChanges/plan(text:source:machine:more:reserve:fitsBudget:)``.
  func plan(
    machine: Machine, reserve: Nanoseconds = Nanoseconds(0), fitsBudget: Bool = true
  ) throws -> PlannedJob {
    try changes.plan(
      text: try Self.text(of: path), source: path, machine: machine, reserve: reserve,
      fitsBudget: fitsBudget)
  }

  /// The text of a job file.
  static func text(of path: String) throws(HarnessError) -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HarnessError(
        .file, at: path, "the job file cannot be read", remedy: "check the path and permissions")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw HarnessError(
        .job, at: path, "the job file is not UTF-8", remedy: "save it as UTF-8 text")
    }
    return text
  }
}

/// Finds out, once per placement, whether a machine can seat cells.
private struct SeatJudge {
  let machine: Machine
  /// The first placement that cannot be read at all.
  private(set) var error: LaunchError?
  private var known: [PlacementRequest: String?] = [:]

  init(machine: Machine) { self.machine = machine }

  mutating func reasonNotToSeat(_ cell: Cell) -> String? {
    if let known = known[cell.placement] { return known }
    var reason: String?
    do throws(LaunchError) {
      if case .unavailable(let why) = try Seating.resolve(cell.placement, on: machine) {
        reason = why
      }
    } catch {
      self.error = self.error ?? error
    }
    known[cell.placement] = reason
    return reason
  }
}
