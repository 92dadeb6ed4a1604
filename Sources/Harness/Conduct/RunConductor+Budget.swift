// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

extension RunConductor {
  /// Makes the plan's launches, as far as they fit, and then goes on with the cells that are known least
  /// until the time is spent.
  mutating func spend(_ budget: RunBudget, _ failure: inout LaunchError?) throws {
    defer { spending.isOver = true }
    var round = -1
    for slot in plan.order {
      let isNewRound = slot.launch != round
      let roofline = isNewRound ? spending.rooflineTook : 0
      // One launch of each cell in any case: the plan promised that they fit.
      guard slot.launch == 0 || pays(budget, for: slot.cell, besides: roofline) else { return }
      // Once, to learn what summing up costs here.
      if isNewRound, slot.launch == 1 { try finish() }
      round = slot.launch
      if isNewRound { try measureRoofline(like: plan.cells[slot.cell], round) }
      try carryOut(slot, &failure)
    }
    let runnable = plan.cells.indices.filter { plan.cells[$0].skip == nil }
    var sinceRoofline = 0
    while true {
      round += 1
      // Near the end only some cells still fit.
      let affordable = runnable.filter { pays(budget, for: $0) }
      var members = spending.widest(of: affordable, regimes)
      var random = Xoshiro256(seed: SplitMix64.mixed(UInt64(plan.seed), UInt64(round)))
      random.shuffle(&members)
      members = members.filter { (records[$0]?.count ?? 0) < JobLimits.launches.upperBound }
      // A roofline for as many launches as a round of all cells has.
      if sinceRoofline >= runnable.count, let first = members.first,
        pays(budget, for: first, besides: spending.rooflineTook)
      {
        try measureRoofline(like: plan.cells[first], round)
        sinceRoofline = 0
      }
      let made = try spendRound(members, budget, &failure)
      if made == 0 { return }
      sinceRoofline += made
    }
  }

  private func pays(_ budget: RunBudget, for cell: Int, besides more: Int64 = 0) -> Bool {
    let cost = spending.cost(of: cell, plan.cells[cell].launchEstimate) + more
    return budget.pays(
      for: cost, closing: spending.closing, now: MonotonicTime.nanoseconds())
  }

  /// One more launch of each cell that there is time for.
  /// - Returns: how many that were.
  private mutating func spendRound(
    _ members: [Int], _ budget: RunBudget, _ failure: inout LaunchError?
  ) throws -> Int {
    var made = 0
    for index in members where pays(budget, for: index) {
      let cell = plan.cells[index]
      let latest = budget.end - spending.closing - spending.cost(of: index, cell.launchEstimate) / 2
      guard try awaitCloseness(cell, until: latest) else { return 0 }
      let slot = LaunchSlot(
        cell: index, id: cell.id, launch: records[index]?.count ?? 0, planSeed: plan.seed)
      try carryOut(slot, &failure)
      made += 1
    }
    return made
  }
}
