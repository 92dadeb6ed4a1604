// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory
internal import Topology

/// Moves nothing; in the measured phase its worker leaves its CPU, or moves a page of its memory.
@safe
struct SabotagedReceiver: ~Copyable, MessageReceiver {
  private let session: WorkerSession
  private let machine: Machine
  private let segment: Segment
  private let store: SyntheticStore
  private var sequence: UInt64 = 0
  private let sabotaged: SharedUInt64
  private var hasActed = false
  /// Ticks that it has run elsewhere, and when it last looked.
  private var away: UInt64 = 0
  private var last: UInt64 = 0
  private var isBack = false

  /// Slices for which it runs elsewhere, so that the look at the end of one of them can see it.
  private static let slicesAway = 3.0

  /// A longer time between two looks it did not run.
  private static let longestRunNanoseconds = 1e6

  /// - Parameter sabotaged: set once it has acted, for whoever judges.
  init(
    _ session: WorkerSession, _ machine: Machine, _ segment: Segment, _ store: SyntheticStore,
    sabotaged: SharedUInt64
  ) {
    self.sabotaged = sabotaged
    self.session = session
    self.machine = machine
    self.segment = segment
    self.store = store
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    guard session.isRunning else { return .ended }
    if store.isSabotaged, session.phase == .measure { try sabotage() }
    return Arrival(kind: .message, sequence: sequence)
  }

  mutating func verify() throws -> Fault { .none }
  mutating func release() { sequence &+= 1 }

  private mutating func sabotage() throws {
    guard hasActed else {
      hasActed = true
      try act()
      last = session.clock.ticks()
      return sabotaged.storeRelease(1)
    }
    guard store == .returning, !isBack else { return }
    let now = session.clock.ticks()
    let perTick = session.clock.nanosecondsPerTick
    away &+= min(now &- last, UInt64(Self.longestRunNanoseconds / perTick))
    last = now
    guard Double(away) * perTick > Self.slicesAway * Double(session.cell.slice.count) else {
      return
    }
    isBack = true
    try machine.bindCurrentThread(to: session.assignment.seating.customer)
  }

  private func act() throws {
    let seating = session.assignment.seating
    if store == .misplacing {
      let elsewhere = machine.allowedNodes.subtracting(seating.memory.nodes)
      guard let node = elsewhere.first(where: { _ in true }) else { throw Self.nowhere("node") }
      return try unsafe segment.withAddressRange { range in
        guard let page = range.baseAddress else { return }
        try unsafe PageMove.move(page, toNode: node)
      }
    }
    let elsewhere = machine.allowedCPUs.subtracting(seating.customer.cpuset)
    guard let cpu = elsewhere.first(where: { _ in true }) else { throw Self.nowhere("CPU") }
    try machine.bindCurrentThread(to: CPUSet([cpu]))
  }

  private static func nowhere(_ what: String) -> LaunchError {
    LaunchError(.placement, "no other \(what) to move to; the plan should have skipped this cell")
  }
}
