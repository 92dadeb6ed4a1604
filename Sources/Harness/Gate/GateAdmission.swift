// SPDX-License-Identifier: Apache-2.0

/// Which builds and cells may enter a gate.
struct GateAdmission {
  let terms: GateConductor.Terms
  let contenders: [any GateContender]

  /// Refuses builds that cannot be compared on this machine.
  func checkBuilds() throws(GateError) {
    guard Set(contenders.map(\.side)) == Set(GateSide.allCases) else {
      throw GateError(.usage, "a gate needs base, head and control")
    }
    if let debug = contenders.first(where: { !$0.hello.build.isRelease }), !terms.allowsDebug {
      throw GateError(
        .debugBuild,
        "\(debug.side.rawValue) is a \(debug.hello.build.configuration) build, which measures itself and not "
          + "the transport; build it with -c release, or say --allow-debug")
    }
    guard let first = contenders.first else { return }
    for other in contenders.dropFirst() {
      try Self.checkMachine(first, other)
    }
  }

  private static func checkMachine(
    _ first: any GateContender, _ other: any GateContender
  ) throws(GateError) {
    guard first.hello.machineFingerprint == other.hello.machineFingerprint else {
      throw GateError(
        .machineChanged,
        "\(first.side.rawValue) and \(other.side.rawValue) see different machines; run both in one "
          + "container or virtual machine")
    }
    guard first.hello.cpus == other.hello.cpus else {
      throw GateError(
        .machineChanged,
        "\(first.side.rawValue) may use CPUs \(first.hello.cpus), \(other.side.rawValue) \(other.hello.cpus); "
          + "give all of them the same affinity")
    }
  }

  /// What a reader must know of the builds before anything else.
  var notes: [String] {
    contenders.filter { $0.side != .control }.flatMap { contender in
      let (side, hello) = (contender.side.rawValue, contender.hello)
      return [
        hello.build.isRelease ? nil : "\(side) is a \(hello.build.configuration) build",
        hello.slowdownPercent.map {
          "\(side) is made \(Figures.text($0)) % slower on purpose"
        },
      ].compactMap { $0 }
    }
  }

  /// Every cell, with the reason why it cannot be compared where it cannot.
  func cells() throws(GateError) -> [GateCell] {
    var admitted: [GateCell] = []
    for cell in terms.cells {
      var entry = GateCell(cell: cell, metric: cell.primaryMetric)
      if let reason = cell.skip {
        entry.absence = .skipped(reason)
      } else if entry.metric == nil {
        entry.absence = .skipped("nothing is sent in it, so it has no primary metric")
      } else {
        entry.absence = try absence(cell)
      }
      admitted.append(entry)
    }
    return admitted
  }

  private func absence(_ cell: Cell) throws(GateError) -> GateCell.Absence? {
    // Base first: what both lack is the base's to lack.
    for contender in contenders.sorted(by: { $0.side.rawValue < $1.side.rawValue }) {
      guard let reason = try lack(cell, contender) else { continue }
      return contender.side == .head ? .headLacks(reason) : .baseLacks(reason)
    }
    return nil
  }

  private func lack(_ cell: Cell, _ contender: any GateContender) throws(GateError) -> String? {
    let reply = try contender.check(cell)
    if let failure = reply.failure { return failure.message }
    if let reason = reply.lacks { return reason }
    // A build that ignores a key it does not know would measure something else under this id.
    return reply.id == cell.id ? nil : "it takes the cell for \(reply.id ?? "nothing")"
  }

  /// Refuses what could not end in a verdict.
  func checkPower(_ cells: [Cell], among all: [GateCell]) throws(GateError) {
    guard let launches = cells.map(\.launches).min() else {
      throw Self.nothing(all.compactMap(\.absence))
    }
    try terms.rules.checkPower(launches: launches, cells: cells.count)
    let needed = Self.estimate(cells)
    guard needed.count <= terms.budget.count else {
      throw GateError(
        .usage,
        "\(launches) launches of \(cells.count) cells by three builds take about "
          + "\(Figures.text(needed.seconds)) s, more than --budget \(terms.budget); raise it, gate fewer cells "
          + "with --primary, or shorten `measure`")
    }
  }

  /// Wall time up to the first look.
  static func estimate(_ cells: [Cell]) -> Nanoseconds {
    let launches = cells.map(\.launches).min() ?? 0
    let round = cells.reduce(0) { $0 + $1.launchEstimate.count }
    return Nanoseconds(round * launches * GateSide.allCases.count)
  }

  private static func nothing(_ reasons: [GateCell.Absence]) -> GateError {
    let isOfBase = reasons.contains { if case .baseLacks = $0 { true } else { false } }
    return GateError(
      isOfBase ? .incompatible : .nothingToCompare,
      "none of \(reasons.count) cells can be compared, the first is "
        + (reasons.first.map(\.reason) ?? "missing") + "; choose others with --primary")
  }
}
