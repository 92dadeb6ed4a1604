// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// A pipeline at work.
public final class PipelineRun: Sendable {
  let pipeline: Pipeline
  let board: StageBoard
  /// Rung when a stage in a thread has ended, or an order was given.
  let doorbell: Doorbell
  private let conductor: Guarded<ThreadHolder?>
  private let failure = Guarded<PipelineError?>(nil)

  private final class ThreadHolder: @unchecked Sendable {
    // Sendable: only touched under the mutex that holds it.
    var thread: NativeThread?
    init(_ thread: consuming NativeThread) { self.thread = consume thread }
    func join() { if let thread = thread.take() { thread.join() } }
  }

  init(_ pipeline: Pipeline, _ wiring: PipelineWiring) throws(PipelineError) {
    self.pipeline = pipeline
    board = try StageBoard(stageCount: pipeline.stages.count)
    conductor = Guarded(nil)
    do throws(SharedMemoryError) {
      doorbell = try Doorbell()
    } catch {
      throw PipelineError(.startFailed, error.description)
    }
    do throws(SharedMemoryError) {
      // A thread of its own: stage processes die with the thread that started them.
      let holder = ThreadHolder(
        try NativeThread { [self] in
          let failure = Conductor(self, wiring).run()
          self.failure.withLock { $0 = failure }
        })
      conductor.withLock { $0 = holder }
    } catch {
      throw PipelineError(.startFailed, error.description)
    }
  }

  /// Lets the sources make no more, and the rest run dry: nothing under way is lost.
  ///
  /// A source that waits inside its body is asked when it returns.
  public func stop() { board.raiseStop() }

  /// Ends all stages as soon as they look, leaving what is under way. A stage process that does not
  /// within 2 s is killed; a thread that is inside its body is waited for.
  public func terminate() {
    board.terminate.raise()
    doorbell.ring()
  }

  /// Waits for the end of all stages.
  /// - Throws: as ``Pipeline/run()``.
  public func wait() throws(PipelineError) -> PipelineSummary {
    conductor.withLock { $0?.join() }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return summary
  }

  /// What the stages have done so far; can be asked while they run.
  public var summary: PipelineSummary {
    PipelineSummary(
      stages: pipeline.stages.enumerated().map { place, stage in
        let line = board.line(place)
        return StageSummary(
          name: stage.name, processed: line.processed.loadRelaxed(),
          emitted: line.emitted.loadRelaxed(), dropped: line.dropped.loadRelaxed(),
          skipped: line.skipped.loadRelaxed(), seconds: line.seconds, end: end(line.state),
          text: line.said)
      })
  }

  private func end(_ state: StageBoard.Line.End) -> StageEnd {
    switch state {
    case .finished: .finished
    case .stopped: .stopped
    case .terminated, .secondary: .terminated
    case .failed: .failed
    // Asked after its end, it never said how that was.
    case .running: .died
    }
  }
}

extension Pipeline {
  /// Starts the stages and returns; see ``run()``.
  public func start() throws(PipelineError) -> PipelineRun {
    try validate()
    for stage in stages where stage.home == .thread {
      _ = try StageRegistry.standard.factory(named: stage.body)
    }
    return try PipelineRun(self, PipelineWiring(self))
  }
}
