// SPDX-License-Identifier: Apache-2.0

/// A recorded run: one JSON file that holds everything printed from it, and what it came from.
///
/// A run is valid at every moment: while cells are missing its status is `partial`.
public struct Run: Hashable, Sendable {
  public static let schema = "weir-run/1"

  public enum Status: String, Codable, Sendable { case ok, partial, invalid }

  public var header: RunHeader
  public var build: BuildInfo
  public var machine: MachineInfo
  public var clock: ClockInfo
  public var roofline: Roofline
  /// In plan order; cells without any launch yet are absent.
  public private(set) var cells: [RunCell]

  public init(
    header: RunHeader, build: BuildInfo, machine: MachineInfo, clock: ClockInfo,
    roofline: Roofline, cells: [RunCell] = []
  ) {
    self.header = header
    self.build = build
    self.machine = machine
    self.clock = clock
    self.roofline = roofline
    self.cells = cells
  }

  /// Replaces all cells, in the order given.
  public mutating func replaceCells(with cells: [RunCell]) { self.cells = cells }

  /// Adds a cell, or replaces an earlier state of the same cell.
  public mutating func record(_ cell: RunCell) {
    let id = cell.cell.id
    if let index = cells.firstIndex(where: { $0.cell.id == id }) {
      cells[index] = cell
    } else {
      cells.append(cell)
    }
  }

  /// The same run with every summary computed again from its samples.
  public func reanalysed() -> Run {
    var run = self
    let regimes = Regimes(samples: cells.flatMap(\.samples))
    run.cells = cells.map {
      RunCell($0.cell, samples: $0.samples, roofline: roofline, regimes: regimes)
    }
    return run
  }
}

extension Run {
  /// `partial` while launches are missing, `invalid` when a cell or the build is, else `ok`.
  public var status: Status {
    if !isComplete { return .partial }
    return exit == 0 ? .ok : .invalid
  }

  /// The exit code of a command that made this run, gravest first.
  ///
  /// 130 partial, 3 a worker failed, 8 integrity, 9 invalid measurement or debug build, 0 ok. What
  /// the machine cannot host is skipped, which is no failure: who needs it says `--require`.
  public var exit: Int {
    if cells.contains(where: { $0.status == .failed }) { return 3 }
    if cells.contains(where: { $0.status == .invalid && $0.summary.integrity.complaint != nil }) {
      return 8
    }
    if !isComplete { return 130 }
    if cells.contains(where: { $0.status == .invalid }) { return 9 }
    if cells.allSatisfy({ $0.status == .skipped }) { return 0 }
    return build.isRelease ? 0 : 9
  }

  /// Whether every planned cell has all its launches, or will not get them.
  public var isComplete: Bool {
    cells.count >= header.cellsPlanned
      && cells.allSatisfy {
        $0.status == .skipped || $0.status == .failed || $0.samples.count >= $0.cell.launches
      }
  }
}

extension Run: Codable {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case schema, status, exit
    case header = "run"
    case build, machine, clock, roofline
    case detectableEffect = "detectable_effect"
    case cells
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let schema = try values.decode(String.self, forKey: .schema)
    guard schema == Run.schema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: values,
        debugDescription: "schema \(schema) is not \(Run.schema)")
    }
    self.init(
      header: try values.decode(RunHeader.self, forKey: .header),
      build: try values.decode(BuildInfo.self, forKey: .build),
      machine: try values.decode(MachineInfo.self, forKey: .machine),
      clock: try values.decode(ClockInfo.self, forKey: .clock),
      roofline: try values.decode(Roofline.self, forKey: .roofline),
      cells: try values.decode([RunCell].self, forKey: .cells))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Run.schema, forKey: .schema)
    try values.encode(status, forKey: .status)
    try values.encode(exit, forKey: .exit)
    try values.encode(header, forKey: .header)
    try values.encode(build, forKey: .build)
    try values.encode(machine, forKey: .machine)
    try values.encode(clock, forKey: .clock)
    try values.encode(roofline, forKey: .roofline)
    try values.encode(detectableEffect, forKey: .detectableEffect)
    try values.encode(cells, forKey: .cells)
  }
}
