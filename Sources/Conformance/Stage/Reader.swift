// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// A customer that reads on its own while the check goes on: on a thread or in another process.
final class Reader {
  private enum Kind {
    case thread(ThreadBox)
    case peer(PeerProcess)
  }

  private final class Result: Sendable {
    let report = Guarded<ReadReport?>(nil)
  }

  private let stage: Stage
  private let kind: Kind
  private let result = Result()

  /// More than any reader takes for its part.
  private static let answerNanoseconds: Int64 = 50_000_000_000

  init(
    _ stage: Stage, _ place: any CustomerPlace, _ order: ReadOrder = ReadOrder(),
    elsewhere: Bool? = nil
  ) throws(Violation) {
    self.stage = stage
    if elsewhere ?? !stage.inProcess {
      kind = .peer(try Self.start(stage, place, order))
    } else {
      kind = .thread(try Self.thread(stage, place, order, result))
    }
  }

  private static func start(
    _ stage: Stage, _ place: any CustomerPlace, _ order: ReadOrder
  ) throws(Violation) -> PeerProcess {
    let handover = try stage.doing("hand a place over") { () throws(TransportError) in
      try place.handover()
    }
    do throws(PeerFailure) {
      let peer = try stage.peers.take()
      try peer.send(.read(handover, order))
      return peer
    } catch {
      throw stage.violation("a customer in another process", "\(error)")
    }
  }

  private static func thread(
    _ stage: Stage, _ place: any CustomerPlace, _ order: ReadOrder, _ result: Result
  ) throws(Violation) -> ThreadBox {
    do throws(SharedMemoryError) {
      return try ThreadBox {
        var report = ReadReport()
        do throws(TransportError) {
          Delay.sleep(order.delayNanoseconds)
          report = ReadLoop.run(try place.attach(), order)
        } catch {
          report.finish = CodeName(error.code).rawValue
        }
        let final = report
        result.report.withLock { $0 = final }
      }
    } catch {
      throw stage.violation("a thread for a customer", error.description)
    }
  }

  /// What it got, once it is through.
  func report() throws(Violation) -> ReadReport {
    switch kind {
    case .thread(let box):
      box.join()
      guard let report = result.report.withLock({ $0 }) else {
        throw stage.violation("a report from a customer's thread", "none")
      }
      return report
    case .peer(let peer):
      do throws(PeerFailure) {
        let (reply, _) = try peer.receive(withinNanoseconds: Self.answerNanoseconds)
        stage.peers.giveBack(peer)
        guard let report = reply.read else { throw .gone("a wrong answer") }
        return report
      } catch {
        peer.kill()
        throw stage.violation("a customer's report from another process", "\(error)")
      }
    }
  }

  /// It must have had these items and then the end.
  func expect(_ numbers: Range<Int>) throws(Violation) {
    var due = ReadReport(first: numbers.first, count: numbers.count, problem: nil)
    due.finish = "ended"
    due.last = numbers.last
    let found = try report()
    try stage.expect(found == due, due.summary, found: found.summary)
  }

  /// Ends a customer in another process where it stands.
  func kill() {
    if case .peer(let peer) = kind { peer.kill() }
  }

  func signal(_ number: CInt) {
    if case .peer(let peer) = kind { peer.signal(number) }
  }
}
