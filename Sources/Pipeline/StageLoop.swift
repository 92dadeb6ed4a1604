// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// The life of one stage, in whatever thread or process it has.
struct StageLoop {
  let board: StageBoard
  let line: StageBoard.Line
  let ports: StagePorts

  /// An input's producer is gone: the cause is another stage's.
  private struct InputLost: Error {}

  init(board: StageBoard, place: Int, ports: StagePorts) {
    self.board = board
    line = board.line(place)
    self.ports = ports
  }

  /// Runs a stage to its end and writes on the board how that was. Lets go of its ports.
  func run(_ makeBody: () throws -> StageBody) {
    line.begin()
    do {
      let body = try makeBody()
      switch body.work {
      case .source(let next): try produce(next)
      case .taking(let condition, let work): try consume(condition, work)
      }
      if board.isTerminated { return close(.terminated, "") }
      let text = try body.finish()
      for outlet in ports.outlets { outlet.end(board) }
      close(board.isTerminated ? .terminated : wasStopped(body) ? .stopped : .finished, text)
    } catch is InputLost {
      close(.secondary, "the stage before it is gone")
    } catch {
      close(.failed, "\(error)")
    }
  }

  private func wasStopped(_ body: StageBody) -> Bool {
    if case .source = body.work { return board.isStopped }
    return false
  }

  /// The last words come before the ports are let go: a stage behind that finds its input gone must
  /// not be heard first.
  private func close(_ end: StageBoard.Line.End, _ text: String) {
    count()
    line.close(end, text: text)
    ports.inlets = []
    ports.outlets = []
  }

  private func produce(_ next: () throws -> Frame?) throws {
    while !board.isTerminated, !board.isStopped, let frame = try next() {
      line.processed.storeRelaxed(line.processed.loadRelaxed() &+ 1)
      try emit(frame)
    }
  }

  private func consume(
    _ condition: Selection.Condition, _ work: ([Frame?]) throws -> Frame?
  ) throws {
    while true {
      let found = try Selection.wait(
        condition, ports.inlets.map { $0.customer.readiness() }, interruptedBy: board.terminate)
      if found.verdict == .interrupted { return }
      if found.states.contains(.producerGone) { throw InputLost() }
      if found.verdict == .over { return }
      let ready = found.ready
      // An end to be noticed, which this loop leaves to the verdict.
      if ready.isEmpty { continue }
      var frames = [Frame?](repeating: nil, count: ports.inlets.count)
      for place in ready { frames[place] = try take(place) }
      if board.isTerminated { return }
      let made = try work(frames)
      line.processed.storeRelaxed(line.processed.loadRelaxed() &+ 1)
      for place in ready { ports.inlets[place].customer.next() }
      if let made { try emit(made) } else { count() }
    }
  }

  private func take(_ place: Int) throws -> Frame? {
    do throws(TransportError) {
      return try ports.inlets[place].take(board)
    } catch {
      if error.code == .producerGone { throw InputLost() }
      throw error
    }
  }

  private func emit(_ frame: Frame) throws {
    for outlet in ports.outlets where try outlet.put(frame, board) {
      line.emitted.storeRelaxed(line.emitted.loadRelaxed() &+ 1)
    }
    count()
  }

  /// Copies what the ends count to where it outlives this stage.
  private func count() {
    let dropped = ports.outlets.reduce(0) { $0 + $1.producer.droppedCount }
    let skipped = ports.inlets.reduce(0) { $0 + $1.customer.skippedCount }
    if !ports.outlets.isEmpty { line.dropped.storeRelaxed(UInt64(dropped)) }
    if !ports.inlets.isEmpty { line.skipped.storeRelaxed(UInt64(skipped)) }
  }
}
