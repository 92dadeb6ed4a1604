// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory
public import Topology

/// Carries out launches: stages a cell, starts its workers, leads them through the phases and
/// collects what they measured.
public struct Launcher: Sendable {
  public var machine: Machine
  public var book: ScenarioBook
  public var clock: MeasurementClock
  /// What a worker executes: this program, unless told otherwise.
  public var executable = "/proc/self/exe"
  public var interrupts: Interrupts?
  /// How much slower workers make themselves, in percent; scenarios say by `canSlow` which cells can.
  public var slowdownPercent = 0.0
  /// What every worker finds in its environment.
  private let environment = Launcher.environment
  /// Attaching and touching: a first touch runs at about 1 GB/s on virtual machines.
  public var readyDeadline = Nanoseconds.seconds(60)
  /// Draining what the ring holds, and writing the report.
  public var finishDeadline = Nanoseconds.seconds(30)

  /// A receiver that gets nothing cannot close its slice; others need some microseconds and a meeting.
  private static let longestCooldown = Nanoseconds.milliseconds(200)

  public init(
    machine: Machine, book: ScenarioBook, clock: MeasurementClock, interrupts: Interrupts? = nil
  ) {
    self.machine = machine
    self.book = book
    self.clock = clock
    self.interrupts = interrupts
  }

  /// Heap in huge pages where the kernel allows: a first touch costs microseconds per page here. A
  /// crash report of minutes would outlast every deadline.
  private static var environment: [String] {
    ProcessInfo.processInfo.environment.filter {
      !["WEIR_PAD", "GLIBC_TUNABLES", "SWIFT_BACKTRACE"].contains($0.key)
    }
    .map { "\($0.key)=\($0.value)" }
      + ["SWIFT_BACKTRACE=enable=no", "GLIBC_TUNABLES=glibc.malloc.hugetlb=1"]
  }

  /// One launch of one cell: fresh processes, all of whom are gone when this returns or throws.
  ///
  /// - Throws: `LaunchError`; `.interrupted` after Ctrl-C.
  public func launch(
    _ cell: Cell, seating: Seating, launch: Int, environmentPad: Int = 0, heapOffset: Int = 0,
    seed: Int = 1
  ) throws -> LaunchOutcome {
    let scenario = try book.scenario(for: cell)
    var staging: Staging
    let board: LaunchBoard
    do {
      staging = try scenario.stage(cell, seating: seating, machine: machine)
      board = try LaunchBoard(workerCount: staging.workers.count)
    } catch let error as LaunchError {
      throw error
    } catch {
      throw LaunchError(.resources, "\(cell.id): \(error)")
    }
    let trace = try Self.table(of: cell)
    let crew = try Crew(board: board, interrupts: interrupts)
    for (index, worker) in staging.workers.enumerated() {
      let first = WorkerSession.firstScenarioDescriptor
      let assignment = WorkerAssignment(
        scenario: scenario.name, role: worker.role, index: index, cell: cell, seed: seed,
        clock: clock, seating: seating, slowdownPercent: slowdownPercent, details: worker.details,
        descriptors: worker.descriptors.indices.map { first + CInt($0) }, heapOffset: heapOffset,
        trace: trace == nil ? nil : first + CInt(worker.descriptors.count))
      guard board.write(assignment: try JSONEncoder().encode(assignment), of: index) else {
        throw LaunchError(.protocolViolation, "an assignment is too long; shorten the job's names")
      }
      try crew.start(order(worker, index, cell, environmentPad, crew, trace))
    }
    try crew.wait(for: .ready, within: readyDeadline)
    staging.keepers = []
    var outcome = try conduct(crew, board, cell, seating)
    outcome.conditions = LaunchConditions(
      seed: seed, environmentPad: environmentPad, heapOffset: heapOffset,
      hasOwnCores: seating.givesOwnCores(to: staging.workers, of: cell),
      settling: SliceRecorder.settling(cell), cooldown: outcome.cooldown)
    return outcome
  }

  /// Sleeps.
  /// - Throws: `.interrupted` after Ctrl-C.
  func pause(nanoseconds: Int64) throws(LaunchError) {
    var set = DescriptorSet()
    let interrupt = interrupts.flatMap { $0.descriptor >= 0 ? set.add($0.descriptor) : nil }
    set.wait(timeoutNanoseconds: nanoseconds)
    if let interrupt, set.isReady(interrupt) { throw .interrupted }
  }

  private func order(
    _ worker: StagedWorker, _ index: Int, _ cell: Cell, _ pad: Int, _ crew: Crew,
    _ trace: TraceTable?
  ) -> ChildProcess.Order {
    ChildProcess.Order(
      executable: executable,
      arguments: ["weir", "worker", "\(index)", "\(worker.role)", cell.id],
      // The padding moves the stack: incidental layout is randomised between launches (Mytkowicz
      // et al., ASPLOS 2009).
      environment: environment + ["WEIR_PAD=" + String(repeating: "x", count: pad)],
      cpus: worker.cpus,
      descriptors: [crew.boardDescriptor, crew.notifyDescriptor] + worker.descriptors
        + [trace?.segment.descriptor].compactMap { $0 })
  }

  /// What the workers of a cell replay; nil for a load that is no trace.
  private static func table(of cell: Cell) throws(LaunchError) -> TraceTable? {
    guard let trace = cell.load.trace else { return nil }
    guard let table = trace.table else {
      throw LaunchError(
        .protocolViolation, "\(cell.id): the trace was not read; plan the job from its file again")
    }
    return table
  }

  /// Leads workers that are ready through the phases, between two looks at how far apart they are.
  private func conduct(
    _ crew: Crew, _ board: LaunchBoard, _ cell: Cell, _ seating: Seating
  ) throws -> LaunchOutcome {
    let probe = LinkProbe(machine: machine, clock: clock)
    let before = probe.halfRoundTrip(seating)
    board.origin = clock.ticks()
    board.enter(.warmup)
    try crew.rest(cell.warmup)
    let text = CounterText()
    let counters = MachineCounters(cpus: seating.producer.cpuset.union(seating.customer.cpuset))
    let noiseBefore = counters.reading(text)
    board.measureBegin = clock.ticks()
    board.enter(.measure)
    try crew.rest(cell.measure)
    board.enter(.cooldown)
    let end = MonotonicTime.nanoseconds()
    // Nothing but sleep while the last slices are open: it is a worker's CPU that this runs on.
    board.awaitRecorders(within: Self.longestCooldown)
    let noise = counters.reading(text) - noiseBefore
    board.enter(.drain)
    let cooldown = Nanoseconds(Int(MonotonicTime.nanoseconds() - end))
    try crew.waitForEnd(within: finishDeadline)
    let reports = try (0..<board.workerCount).map { worker in
      guard let data = board.report(of: worker) else {
        throw LaunchError(.workerFailed, "worker \(worker) left no report; run again")
      }
      return try JSONDecoder().decode(WorkerReport.self, from: data)
    }
    return LaunchOutcome(
      reports: reports, machine: noise, cooldown: cooldown,
      link: link(seating, before, probe.halfRoundTrip(seating)))
  }

  private func link(_ seating: Seating, _ before: Double?, _ after: Double?) -> LinkFingerprint? {
    guard let cpus = LinkProbe.cpus(seating), let before, let after else { return nil }
    return LinkFingerprint(cpus: cpus, before: before, after: after)
  }
}

/// What the workers of one launch reported, and what the machine did meanwhile.
public struct LaunchOutcome: Sendable {
  public var reports: [WorkerReport]
  /// Counted for the machine and not for a worker, in the measured phase and the cool-down.
  public var machine = Noise()
  /// How long all went on after that.
  public var cooldown = Nanoseconds(0)
  public var conditions: LaunchConditions?
  /// How far apart the seats were; nil when that cannot be read.
  public var link: LinkFingerprint?
}
