// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

extension RunConductor {
  /// Makes up for launches during which the host had moved the CPUs apart, while there is time.
  ///
  /// What was measured then is kept and shown; it is just not compared with the rest. Which launches
  /// are repeated depends on the CPUs' fingerprints alone, never on results.
  mutating func repeatDisturbed(_ failure: inout LaunchError?) throws {
    var made: [Int: Int] = [:]
    while MonotonicTime.nanoseconds() < repeatDeadline {
      let due = Self.disturbed(plan.cells, records, regimes).filter {
        made[$0, default: 0] < plan.cells[$0].launches
      }
      if due.isEmpty { return }
      for index in due {
        let cell = plan.cells[index]
        let end = MonotonicTime.nanoseconds() + Int64(cell.launchEstimate.count)
        guard end < repeatDeadline, try awaitCloseness(cell, until: repeatDeadline) else { return }
        made[index, default: 0] += 1
        let slot = LaunchSlot(
          cell: index, id: cell.id, launch: records[index]?.count ?? 0, planSeed: plan.seed)
        try carryOut(slot, &failure)
      }
    }
  }

  /// Cells with fewer close launches than planned, in the plan's order; failed ones are left alone.
  static func disturbed(
    _ cells: [Cell], _ records: [Int: [LaunchRecord]], _ regimes: Regimes
  ) -> [Int] {
    cells.indices.filter { index in
      guard let launches = records[index], launches.allSatisfy({ $0.errors.isEmpty }) else {
        return false
      }
      let close = launches.count { regimes.isComparable($0) }
      return close < cells[index].launches
    }
  }

  private static var pollNanoseconds: Int64 { 20_000_000 }

  /// Waits until a cell's CPUs are near each other; false when there is no time left for that.
  mutating func awaitCloseness(
    _ cell: Cell, until deadline: Int64
  ) throws(LaunchError) -> Bool {
    let seating = try seating(of: cell)
    let probe = LinkProbe(machine: launcher.machine, clock: launcher.clock)
    let regimes = regimes
    while MonotonicTime.nanoseconds() < deadline {
      guard let cpus = LinkProbe.cpus(seating), let now = probe.halfRoundTrip(seating) else {
        return true
      }
      if !regimes.isElsewhere(now, cpus: cpus) { return true }
      try launcher.pause(nanoseconds: Self.pollNanoseconds)
    }
    return false
  }
}
