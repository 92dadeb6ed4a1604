// SPDX-License-Identifier: Apache-2.0

/// Takes a launch for what it is worth: a cost, or the reason why there is none.
struct GateJudge {
  let contenders: [any GateContender]

  func carryOut(_ order: LaunchOrder, _ side: GateSide) throws(GateError) -> GateLaunch {
    do {
      return try judged(order, side)
    } catch {
      guard error.code == .crashed else { throw error }
      throw GateError(.crashed, "\(error.description); \(alone(order, side))")
    }
  }

  /// Whether the other build does what this one could not, by one launch of it.
  private func alone(_ order: LaunchOrder, _ side: GateSide) -> String {
    let other = side == .head ? GateSide.base : .head
    do throws(GateError) {
      _ = try judged(order, other)
      return "in \(side.rawValue) only: \(other.rawValue) carries the same launch out"
    } catch {
      return error.code == .crashed
        ? "\(other.rawValue) cannot carry it out either" : "\(other.rawValue) could not be asked"
    }
  }

  private func judged(_ order: LaunchOrder, _ side: GateSide) throws(GateError) -> GateLaunch {
    guard let contender = contenders.first(where: { $0.side == side }) else {
      throw GateError(.usage, "a gate needs base, head and control")
    }
    let reply = try contender.launch(order)
    guard reply.cpus == contender.hello.cpus else {
      throw GateError(
        .machineChanged,
        "\(side.rawValue): CPUs \(contender.hello.cpus) have become \(reply.cpus) since the gate began; "
          + "repeat it on a machine that keeps its CPUs")
    }
    if let failure = reply.failure { throw Self.error(failure, order.cell, side) }
    guard let record = reply.record, record.cellID == order.cell.id else {
      throw GateError(
        .incompatible, "\(side.rawValue): no record of \(order.cell.id) in its answer")
    }
    return GateLaunch(cost: try Self.cost(record, order.cell, side), link: record.link)
  }

  private static func error(
    _ failure: LaunchFailure, _ cell: Cell, _ side: GateSide
  ) -> GateError {
    let text = "\(side.rawValue): \(cell.id): \(failure.message)"
    switch LaunchError.Code(rawValue: failure.code) {
    case .interrupted: return GateError(.interrupted, text)
    case .resources: return GateError(.nothingToCompare, text)
    case .placement: return GateError(.invalid, text)
    default: return GateError(.crashed, text)
    }
  }

  /// Held to what a cell of a run is held to; nil when too few messages came for a number.
  private static func cost(
    _ record: LaunchRecord, _ cell: Cell, _ side: GateSide
  ) throws(GateError) -> Double? {
    let summary = CellSummary(
      cell, records: [record], roofline: Roofline(), regimes: .unknown)
    let text = "\(side.rawValue): \(cell.id): \(summary.reason ?? "")"
    switch summary.status {
    case .ok, .skipped: break
    case .failed: throw GateError(.crashed, text)
    case .invalid where summary.integrity.complaint != nil: throw GateError(.integrity, text)
    case .invalid where summary.integrity.received == 0 && summary.placement?.verified != false:
      return nil
    case .invalid: throw GateError(.invalid, text)
    }
    return cell.primaryMetric?.cost(summary.metrics)
  }
}
