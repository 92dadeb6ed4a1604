// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a run will do, decided before anything runs: cells, order and seeds, and nothing else.
///
/// Equal jobs, catalogs and seeds give byte-equal plans.
public struct Plan: Codable, Equatable, Sendable {
  public static let schema = "weir-plan/1"

  public let schema: String
  public let name: String
  public let title: String?
  public let seed: Int
  public let cells: [Cell]
  /// Launches in the order in which they run; skipped cells have none.
  public let order: [LaunchSlot]
  /// What a reader should know about the plan, such as what a budget cost.
  public let notes: [String]

  init(name: String, title: String?, seed: Int, cells: [Cell], notes: [String]) {
    schema = Self.schema
    self.name = name
    self.title = title
    self.seed = seed
    self.cells = cells
    order = LaunchSlot.interleaved(cells, seed: seed)
    // Said anew each time: how much of a trace is replayed depends on the phases, which may be cut.
    self.notes = notes.filter { !$0.hasPrefix(Trace.notePrefix) } + Trace.notes(cells)
  }

  /// Multiplies the axes of a job out.
  ///
  /// - Parameter unhostable: why this machine cannot host a cell that its backend could run, for
  ///   example because there is one NUMA node; nil when it can.
  /// - Throws: `HarnessError` (`job`) for more than 10 000 cells, or none.
  public init(
    _ job: Job, catalog: Catalog, unhostable: (Cell) -> String? = { _ in nil }
  ) throws(HarnessError) {
    try PlanExpansion.checkProduct(job)
    var expansion = PlanExpansion(catalog: catalog)
    for group in job.groups { expansion.add(group) }
    guard !expansion.cells.isEmpty else {
      throw HarnessError(
        .job, at: job.name, "the filter drops every cell", remedy: "loosen filter.exclude")
    }
    let launches = expansion.cells.reduce(0) { $0 + $1.launches }
    guard launches <= JobLimits.totalLaunches else {
      throw HarnessError(
        .job, at: job.name,
        "the job asks for \(Figures.grouped(launches)) launches, more than"
          + " \(Figures.grouped(JobLimits.totalLaunches))",
        remedy: "lower `launches` or cut cells")
    }
    let cells = expansion.cells.map { cell in
      var cell = cell
      cell.skip = catalog.skipReason(cell) ?? unhostable(cell)
      return cell
    }
    self.init(
      name: job.name, title: job.title, seed: job.seed, cells: cells, notes: expansion.notes)
  }

  /// The plan as `list cells --json` prints it: sorted keys, stable to the byte.
  ///
  /// - Throws: `HarnessError` (`run`), which no plan made by this module provokes.
  public func json() throws(HarnessError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      throw HarnessError(
        .run, at: name, "the plan has no JSON form: \(error)", remedy: "report this as a bug")
    }
  }

  private enum CodingKeys: String, CodingKey {
    case schema, name, title, seed, cells, order, notes
    case estimate = "estimate_ns"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    schema = try values.decode(String.self, forKey: .schema)
    guard schema == Self.schema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: values, debugDescription: "expected \(Self.schema), got \(schema)")
    }
    name = try values.decode(String.self, forKey: .name)
    title = try values.decodeIfPresent(String.self, forKey: .title)
    seed = try values.decode(Int.self, forKey: .seed)
    cells = try values.decode([Cell].self, forKey: .cells)
    order = try values.decode([LaunchSlot].self, forKey: .order)
    notes = try values.decode([String].self, forKey: .notes)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(schema, forKey: .schema)
    try values.encode(name, forKey: .name)
    try values.encode(title, forKey: .title)
    try values.encode(seed, forKey: .seed)
    try values.encode(cells, forKey: .cells)
    try values.encode(order, forKey: .order)
    try values.encode(notes, forKey: .notes)
    try values.encode(estimate, forKey: .estimate)
  }
}
