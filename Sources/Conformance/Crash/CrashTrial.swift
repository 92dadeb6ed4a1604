// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// A producer and two customers in processes of their own, one of which is killed on its way.
struct CrashTrial {
  let plan: CrashPlan
  private let seed: UInt64

  /// What the victim was doing, for the report.
  struct Outcome: Sendable {
    var phase: PeerBoard.Phase
  }

  /// Many times what survivors need: 50 ms to look around, and a busy machine.
  private static let survivorNanoseconds: Int64 = 10_000_000_000

  init(_ plan: CrashPlan, seed: UInt64) {
    self.plan = plan
    self.seed = seed
  }

  private func violation(_ expected: String, _ found: String) -> Violation {
    Violation(expected: expected, found: found, seed: seed)
  }

  func run(_ pool: PeerPool) throws(Violation) -> Outcome {
    let peers: [PeerProcess]
    do throws(PeerFailure) {
      peers = try start(pool)
    } catch {
      throw violation("three processes", "\(error)")
    }
    Delay.sleep(plan.delayNanoseconds)
    let victim = plan.victim == .producer ? 0 : 1
    peers[victim].kill()
    let outcome = Outcome(phase: peers[victim].board.phase)
    var survivors: [PeerProcess] = []
    defer { for peer in survivors { pool.giveBack(peer) } }
    do throws(Violation) {
      var replies: [Int: PeerReply] = [:]
      for index in peers.indices where index != victim {
        replies[index] = try answer(peers[index], index, outcome)
      }
      try judge(peers[victim].board, outcome, replies)
      for index in peers.indices where index != victim {
        try Leftovers.none(of: peers[index], role(index), seed)
        survivors.append(peers[index])
      }
    } catch {
      for peer in peers { peer.kill() }
      throw Violation(
        expected: error.expected,
        found: "\(error.found), the \(plan.victim) being killed in phase \(outcome.phase.name)",
        seed: seed)
    }
    return outcome
  }

  private func role(_ index: Int) -> String {
    index == 0 ? "the producer" : "customer \(index - 1)"
  }

  /// Gives all three their parts; nobody but they hold on to the ring afterwards.
  private func start(_ pool: PeerPool) throws(PeerFailure) -> [PeerProcess] {
    var peers: [PeerProcess] = []
    for _ in 0...CrashPlan.customerCount { peers.append(try pool.take()) }
    do throws(TransportError) {
      var producer = try Producer<Frame>(plan.producer)
      var tickets: [SourceTicket<Frame>] = []
      for source in plan.sources { tickets.append(try producer.makeSource(source)) }
      let (handover, keeper) = try producer.handover()
      let places = try tickets.map { (ticket) throws(TransportError) in try ticket.handover() }
      // The order in which they come to life is part of the seed's choice.
      let producerFirst = plan.delayNanoseconds % 2 == 0
      if producerFirst { try send(.write(handover, plan.write), to: peers[0]) }
      for (index, place) in places.enumerated() {
        try send(.read(place, plan.reads[index]), to: peers[1 + index])
      }
      if !producerFirst { try send(.write(handover, plan.write), to: peers[0]) }
      withExtendedLifetime((keeper, tickets)) {}
    } catch {
      throw .cannotStart("\(error)")
    }
    return peers
  }

  private func send(_ order: PeerOrder, to peer: PeerProcess) throws(TransportError) {
    do throws(PeerFailure) {
      try peer.send(order)
    } catch {
      throw TransportError(.invalidArgument, "\(error)")
    }
  }

  private func answer(
    _ peer: PeerProcess, _ index: Int, _ outcome: Outcome
  ) throws(Violation) -> PeerReply {
    do throws(PeerFailure) {
      let reply = try peer.receive(withinNanoseconds: Self.survivorNanoseconds).0
      if let error = reply.error {
        throw PeerFailure.gone("\(error.code): \(error.description)")
      }
      return reply
    } catch {
      throw violation(
        "\(role(index)) to finish or to get its typed error",
        "\(error), in its phase \(peer.board.phase.name) with \(peer.board.done) items done")
    }
  }

  private func judge(
    _ victim: PeerBoard, _ outcome: Outcome, _ replies: [Int: PeerReply]
  ) throws(Violation) {
    for (index, reply) in replies.sorted(by: { $0.key < $1.key }) {
      if index == 0 {
        guard let report = reply.write else { throw violation("a producer's report", "none") }
        try judgeProducer(report)
      } else {
        guard let report = reply.read else { throw violation("a customer's report", "none") }
        try judgeCustomer(report, role(index), victim, outcome)
      }
    }
  }

  private func judgeProducer(_ report: WriteReport) throws(Violation) {
    guard report.problem == nil, report.published == plan.write.count, report.isDrained else {
      throw violation(
        "the producer to publish \(plan.write.count) items and drain",
        "\(report.published) published, drained \(report.isDrained), \(report.problem ?? "no error")"
      )
    }
  }

  private func judgeCustomer(
    _ report: ReadReport, _ name: String, _ victim: PeerBoard, _ outcome: Outcome
  ) throws(Violation) {
    guard report.problem == nil, report.count == 0 || report.first == 0 else {
      throw violation("\(name) to get items in order and intact", report.summary)
    }
    let all = plan.write.count
    if report.finish == "ended", report.count == all { return }
    guard plan.victim == .producer, report.finish == "producerGone" else {
      throw violation("\(name) to get \(all) items and the end", report.summary)
    }
    guard report.count <= victim.begun else {
      throw violation("\(name) to get at most the \(victim.begun) items begun", report.summary)
    }
    // Shared memory outlives its producer; a queue's items live in its process.
    guard plan.store == .queue || report.count >= victim.done else {
      throw violation("\(name) to get the \(victim.done) items published", report.summary)
    }
  }
}
