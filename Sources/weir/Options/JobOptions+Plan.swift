// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Harness
internal import Topology

/// A job with the plan that came of it on a machine.
struct PlannedJob {
  let job: Job
  let plan: Plan
  /// The file as it was read, for the record of a run.
  let text: String
  /// In the words of `--set`, so that a stored run can be repeated.
  let overrides: [String]
}

extension JobOptions {
  /// Everything that replaces a value of the job as `KEY=VALUE`: `--set` first, then the shorthands,
  /// which win.
  var overrides: [String] {
    let axes = [
      ("store", store), ("serializer", serializer), ("size", size), ("wait", wait),
      ("workload", workload), ("depth", depth),
    ].filter { !$0.1.isEmpty }.map { "\($0.0)=\($0.1.joined(separator: ","))" }
    let single = [
      ("launches", launches), ("measure", measure), ("warmup", warmup), ("seed", seed),
      ("verify", verify), ("budget", budget),
    ].compactMap { key, value in value.map { "\(key)=\($0)" } }
    return assignments + axes + placementOverrides + single
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

  /// Reads the job, applies the overrides and multiplies it out for a machine.
  ///
  /// - Parameters:
  ///   - reserve: what is spent besides launches, such as on the roofline; counts against
  ///     the budget.
  ///   - fitsBudget: whether a plan that is longer than the job's budget is cut; true by default.
  /// - Throws: `HarnessError`; `LaunchError` (`placement`) for a seat that cannot be read;
  ///   `CommandError` when something required is missing.
  func plan(
    catalog: Catalog, machine: Machine, reserve: Nanoseconds = Nanoseconds(0),
    fitsBudget: Bool = true
  ) throws -> PlannedJob {
    try checkRequirements(catalog: catalog, machine: machine)
    let overrides = overrides
    let text = try text()
    let job = try Job(
      yaml: text, source: path, catalog: catalog, overrides: JobOverrides(parsing: overrides))
    var seats = SeatJudge(machine: machine)
    var plan = try Plan(job, catalog: catalog) { seats.reasonNotToSeat($0) }
    if let error = seats.error { throw error }
    if !only.isEmpty { plan = try plan.selecting(only) }
    if fitsBudget, let budget = job.budget { plan = plan.fitted(to: budget, reserve: reserve) }
    return PlannedJob(job: job, plan: plan, text: text, overrides: overrides)
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

  private func text() throws(HarnessError) -> String {
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
