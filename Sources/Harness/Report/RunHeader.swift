// SPDX-License-Identifier: Apache-2.0

/// What was run and how, so that it can be run again.
public struct RunHeader: Codable, Hashable, Sendable {
  public var id: String
  public var name: String
  public var title: String?
  /// RFC 3339; the only time of day in a run.
  public var started: String
  public var command: [String]
  /// The job file as it was read.
  public var job: String?
  /// `--set` arguments as typed.
  public var overrides: [String]
  public var seed: Int
  public var budget: Nanoseconds?
  public var cellsPlanned: Int
  public var notes: [String]

  enum CodingKeys: String, CodingKey {
    case id, name, title, started, command, job, overrides, seed
    case budget = "budget_ns"
    case cellsPlanned = "cells_planned"
    case notes
  }

  public init(
    id: String, plan: Plan, started: String, command: [String], job: String?,
    overrides: [String] = [], budget: Nanoseconds? = nil
  ) {
    self.id = id
    name = plan.name
    title = plan.title
    self.started = started
    self.command = command
    self.job = job
    self.overrides = overrides
    seed = plan.seed
    self.budget = budget
    cellsPlanned = plan.cells.count
    notes = plan.notes
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(id, forKey: .id)
    try values.encode(name, forKey: .name)
    try values.encode(title, forKey: .title)
    try values.encode(started, forKey: .started)
    try values.encode(command, forKey: .command)
    try values.encode(job, forKey: .job)
    try values.encode(overrides, forKey: .overrides)
    try values.encode(seed, forKey: .seed)
    try values.encode(budget, forKey: .budget)
    try values.encode(cellsPlanned, forKey: .cellsPlanned)
    try values.encode(notes, forKey: .notes)
  }
}
