// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Topology
internal import Transport

/// Starts the stages of one run, watches them, and ends the others when one fails.
///
/// One thread's. It sleeps on a doorbell and the processes' pidfds.
final class Conductor {
  private let pipelineRun: PipelineRun
  private let wiring: PipelineWiring
  private var processes: [Int: StageProcess] = [:]
  private var threads: [ThreadEnd] = []
  private var finished: Set<Int> = []
  private var failure: PipelineError?
  /// The first stage whose input was lost: only the cause when nobody else is.
  private var loss: PipelineError?
  private var killTime: Int64 = .max

  /// Time that a stage process has to end after it was asked to.
  private static let graceNanoseconds: Int64 = 2_000_000_000

  private final class ThreadEnd {
    private var thread: NativeThread?
    init(_ thread: consuming NativeThread) { self.thread = consume thread }
    func join() { if let thread = thread.take() { thread.join() } }
  }

  init(_ run: PipelineRun, _ wiring: PipelineWiring) {
    pipelineRun = run
    self.wiring = wiring
  }

  private var stages: [Pipeline.Stage] { pipelineRun.pipeline.stages }
  private var board: StageBoard { pipelineRun.board }

  /// Runs everything to its end; what went wrong first, if anything did.
  func run() -> PipelineError? {
    do throws(PipelineError) {
      try start()
    } catch {
      failure = error
      board.terminate.raise()
    }
    look()
    while finished.count < stages.count {
      sleep()
      look()
    }
    for thread in threads { thread.join() }
    guard var cause = failure ?? loss else { return nil }
    cause.summary = pipelineRun.summary
    return cause
  }

  /// Processes first, because their ends are handed over before anything is put.
  private func start() throws(PipelineError) {
    var keepers: [HandoverKeeper] = []
    defer { withExtendedLifetime(keepers) {} }
    for (place, stage) in stages.enumerated() where stage.home == .process {
      try startProcess(place, stage, &keepers)
    }
    for (place, stage) in stages.enumerated() where stage.home == .thread {
      try startThread(place, stage)
    }
  }

  private func startProcess(
    _ place: Int, _ stage: Pipeline.Stage, _ keepers: inout [HandoverKeeper]
  ) throws(PipelineError) {
    let ends = wiring.ends[place]
    var order = StageOrder(
      place: place, body: stage.body, arguments: stage.arguments, inputs: [], outputs: [])
    do throws(TransportError) {
      for ticket in ends.tickets { order.inputs.append(try ticket.handover()) }
      for ring in ends.rings {
        let (handover, keeper) = try ring.take().handover()
        order.outputs.append(handover)
        keepers.append(keeper)
      }
    } catch {
      throw PipelineError(.startFailed, stage: stage.name, error.description)
    }
    let descriptors =
      [board.segment.descriptor] + order.inputs.flatMap(\.descriptors)
      + order.outputs.flatMap(\.descriptors)
    processes[place] = try StageProcess(
      stage, order, executable: pipelineRun.pipeline.executable, descriptors: descriptors)
    // The process has its own copies: a descriptor kept here would hide that it is gone.
    ends.tickets = []
    ends.rings = []
  }

  private func startThread(_ place: Int, _ stage: Pipeline.Stage) throws(PipelineError) {
    let factory = try StageRegistry.standard.factory(named: stage.body)
    let (run, board) = (pipelineRun, board)
    let ports: StagePorts
    do throws(TransportError) {
      ports = try wiring.ports(place)
    } catch {
      throw PipelineError(.startFailed, stage: stage.name, error.description)
    }
    do throws(SharedMemoryError) {
      let thread = try NativeThread {
        StageLoop(board: board, place: place, ports: ports).run {
          if let cpus = stage.cpus { try Machine.current().bindCurrentThread(to: cpus) }
          return try factory(stage.arguments)
        }
        run.doorbell.ring()
      }
      threads.append(ThreadEnd(thread))
    } catch {
      throw PipelineError(.startFailed, stage: stage.name, error.description)
    }
  }

  private func sleep() {
    var sleepers = DescriptorSet()
    sleepers.add(pipelineRun.doorbell.descriptor)
    for (place, process) in processes where !finished.contains(place) {
      sleepers.add(process.pidfd)
    }
    let left = killTime == .max ? -1 : max(0, killTime - MonotonicTime.nanoseconds())
    sleepers.wait(timeoutNanoseconds: left)
    pipelineRun.doorbell.silence()
  }

  private func look() {
    for place in stages.indices where !finished.contains(place) { look(at: place) }
    if board.isTerminated, killTime == .max {
      killTime = MonotonicTime.nanoseconds() + Self.graceNanoseconds
    }
    guard MonotonicTime.nanoseconds() >= killTime else { return }
    // In the order of the stages: those that are fed end after those that feed them.
    for place in stages.indices where !finished.contains(place) { processes[place]?.kill() }
    killTime = .max - 1
  }

  private func look(at place: Int) {
    let (stage, line) = (stages[place], board.line(place))
    let state = line.state
    if stage.home == .process {
      guard let process = processes[place] else {
        // Never started: another stage's start failed first.
        finished.insert(place)
        return
      }
      guard let outcome = process.poll() else { return }
      finished.insert(place)
      // Its last words may have come between our look and its end.
      if line.state == .running, !process.wasKilledHere {
        fail(PipelineError(.stageDied, stage: stage.name, "\(outcome) before its work was done"))
      }
    } else {
      guard state != .running || threads.count <= threadNumber(place) else { return }
      finished.insert(place)
    }
    switch line.state {
    case .failed: fail(PipelineError(.stageFailed, stage: stage.name, line.said))
    case .secondary:
      if loss == nil { loss = PipelineError(.stageFailed, stage: stage.name, line.said) }
      board.terminate.raise()
    case .running, .finished, .stopped, .terminated: break
    }
  }

  /// Which of the threads a stage has, if it was started.
  private func threadNumber(_ place: Int) -> Int {
    stages[..<place].count { $0.home == .thread }
  }

  private func fail(_ error: PipelineError) {
    if failure == nil { failure = error }
    board.terminate.raise()
  }
}
