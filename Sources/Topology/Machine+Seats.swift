// SPDX-License-Identifier: Apache-2.0

extension Machine {
  /// Every CPU allowed here: the seat "any".
  ///
  /// - Throws: `notAllowed` on a (described) machine that allows no CPU.
  public func anySeat() throws(TopologyError) -> Seat {
    try seat(SeatExpression("any"))
  }

  /// Reads an expression and finds its place on this machine.
  ///
  /// - Throws: what ``SeatExpression/init(_:)`` and ``seat(_:)-(SeatExpression)`` throw.
  public func seat(_ text: String) throws(TopologyError) -> Seat {
    try seat(SeatExpression(text))
  }

  /// Finds the place that an expression names.
  ///
  /// - Throws: `noSuchKind`, `indexOutOfRange`, `noCPUs` or `notAllowed`; the message names what
  ///   the machine has instead.
  public func seat(_ expression: SeatExpression) throws(TopologyError) -> Seat {
    var place = Place(cpus: onlineCPUs, name: "this machine")
    for step in expression.steps {
      place = try self.place(of: step, in: place, expression)
    }
    return try seat(of: place, expression)
  }

  /// A seat that is one PU, named below its core, which is how presets name theirs.
  func seat(pu: MachineObject, core: MachineObject) -> Seat {
    let siblings = pus.filter { $0.cpuset.isSubset(of: core.cpuset) }
    let index = siblings.firstIndex(of: pu) ?? 0
    let expression = core.kind == .pu ? pu.expression : "\(core.expression).pu:\(index)"
    let home = homeNode(of: pu.cpuset)
    return Seat(
      expression: expression, cpuset: pu.cpuset, nodeset: home?.nodeset ?? nodes(near: pu.cpuset),
      homeNode: home?.osIndex)
  }

  /// How far the steps have led: the CPUs there, and what to call it.
  private struct Place {
    var cpus: CPUSet
    var name: String
  }

  private func place(
    of step: SeatExpression.Step, in parent: Place, _ expression: SeatExpression
  ) throws(TopologyError) -> Place {
    let isWhole = parent.cpus == onlineCPUs
    // CPU-less nodes can be named at the top only: inside a package they are nowhere.
    let inside = objects(of: step.kind).filter {
      isWhole ? true : !$0.cpuset.isEmpty && $0.cpuset.isSubset(of: parent.cpus)
    }
    guard !inside.isEmpty else { throw noSuchKind(step.kind, parent.name, expression) }
    let chosen: MachineObject
    switch step.index {
    case .first: chosen = inside[0]
    case .last: chosen = inside[inside.count - 1]
    case .number(let number) where number < inside.count: chosen = inside[number]
    case .number:
      if isWhole, let offline = offline(step.kind, expression) { throw offline }
      let range = inside.count == 1 ? "" : " to \(step.kind.rawValue):\(inside.count - 1)"
      throw TopologyError(
        .indexOutOfRange,
        "seat '\(expression)': \(parent.name) has only \(step.kind.rawValue):0\(range); "
          + "use one of these")
    case .all:
      let all = inside.reduce(into: CPUSet()) { $0.formUnion($1.cpuset) }
      return Place(cpus: all, name: "\(step.kind.rawValue):*")
    }
    guard !chosen.cpuset.isEmpty else { throw noCPUs(chosen, expression) }
    return Place(cpus: chosen.cpuset, name: chosen.expression)
  }

  private func seat(
    of place: Place, _ expression: SeatExpression
  ) throws(TopologyError) -> Seat {
    let usable = place.cpus.intersection(allowedCPUs)
    let text = expression.description
    guard !usable.isEmpty else {
      throw TopologyError(
        .notAllowed,
        "seat '\(text)' is CPU \(place.cpus), but this process may use CPU \(allowedCPUs); "
          + "choose a seat there or widen the cpuset")
    }
    let home = homeNode(of: usable)
    // A place that is allowed only in part still serves, but the reader must know.
    let forbidden = expression.steps.isEmpty ? CPUSet() : place.cpus.subtracting(allowedCPUs)
    return Seat(
      expression: text, cpuset: usable, nodeset: home?.nodeset ?? nodes(near: usable),
      homeNode: home?.osIndex,
      note: forbidden.isEmpty ? nil : "CPU \(forbidden) of \(text) is forbidden here")
  }

  /// The nodes that the CPUs belong to.
  private func nodes(near cpus: CPUSet) -> NodeSet {
    numaNodes.filter { !$0.cpuset.isDisjoint(with: cpus) }
      .reduce(into: NodeSet()) { $0.formUnion($1.nodeset) }
  }

  private func noSuchKind(
    _ kind: ObjectKind, _ parent: String, _ expression: SeatExpression
  ) -> TopologyError {
    let present = ObjectKind.allCases.filter { !objects(of: $0).isEmpty }.map(\.rawValue)
    let remedy =
      objects(of: kind).isEmpty
      ? "this machine has \(present.joined(separator: ", "))"
      : "\(kind.rawValue) is not inside \(parent), so name the larger object first"
    return TopologyError(
      .noSuchKind, "seat '\(expression)': \(parent) has no \(kind.noun); \(remedy)")
  }

  /// Why a core or PU may be missing that the machine was bought with; nil when none is.
  ///
  /// hwloc counts what is online, so that an index beyond the last may be meant for the missing one.
  private func offline(_ kind: ObjectKind, _ expression: SeatExpression) -> TopologyError? {
    guard isThisSystem, kind == .core || kind == .pu,
      let present: CPUSet = KernelFile.list("/sys/devices/system/cpu/present")
    else { return nil }
    let missing = present.subtracting(onlineCPUs)
    guard let first = missing.first else { return nil }
    let last = objects(of: kind).count - 1
    return TopologyError(
      .offline,
      "seat '\(expression)': CPU \(missing) is offline, which leaves \(kind.rawValue):0 to "
        + "\(kind.rawValue):\(last); use one of these, or bring it back with "
        + "'echo 1 > /sys/devices/system/cpu/cpu\(first)/online'")
  }

  private func noCPUs(_ node: MachineObject, _ expression: SeatExpression) -> TopologyError {
    let others = nodesWithCPUs.map(\.expression).joined(separator: ", ")
    return TopologyError(
      .noCPUs,
      "seat '\(expression)': \(node.expression) has memory but no CPUs; use it as a memory home, "
        + "or sit on \(others)")
  }
}

extension Machine {
  /// The logical index of the one PU that a seat is; nil for a seat of several, or of another machine.
  public func pu(of seat: Seat) -> Int? {
    guard seat.cpuset.count == 1 else { return nil }
    return pus.first { $0.cpuset == seat.cpuset }?.logicalIndex
  }
}
