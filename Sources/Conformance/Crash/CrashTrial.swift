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
    let victim = plan.victim == .producer ? 0 : 1
    if plan.waitsForSign { Self.awaitSign(peers[victim].board) }
    Delay.sleep(plan.delayNanoseconds)
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
      survivors = []
      for peer in peers { peer.kill() }
      throw Violation(
        expected: error.expected,
        found: "\(error.found), the \(plan.victim) being killed in phase \(outcome.phase.name)",
        seed: seed)
    }
    return outcome
  }

  /// Until the victim has read its order; not for ever, if it cannot.
  private static func awaitSign(_ board: PeerBoard) {
    let deadline = MonotonicTime.nanoseconds() + longestSignNanoseconds
    while board.phase == .idle, MonotonicTime.nanoseconds() < deadline {
      Delay.sleep(signPollNanoseconds)
    }
  }

  private static let longestSignNanoseconds: Int64 = 100_000_000
  private static let signPollNanoseconds: Int64 = 10_000

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
    var published: Int?
    if plan.victim == .customer {
      guard let report = replies[0]?.write else { throw violation("a producer's report", "none") }
      try judgeProducer(report)
      published = report.published
    }
    for (index, reply) in replies.sorted(by: { $0.key < $1.key }) where index > 0 {
      guard let report = reply.read else { throw violation("a customer's report", "none") }
      try judgeCustomer(report, role(index), victim, published)
    }
  }

  private func judgeProducer(_ report: WriteReport) throws(Violation) {
    let isComplete = plan.write.mayDrop || report.published == plan.write.count
    guard report.problem == nil, isComplete, report.isDrained else {
      throw violation(
        "the producer to publish \(plan.write.count) items and drain",
        "\(report.published) published, drained \(report.isDrained), \(report.problem ?? "no error")"
      )
    }
  }

  /// - Parameter published: by a producer that survived.
  private func judgeCustomer(
    _ report: ReadReport, _ name: String, _ victim: PeerBoard, _ published: Int?
  ) throws(Violation) {
    let isWhole = plan.reads.allSatisfy { !$0.mayMiss }
    guard report.problem == nil, report.count == 0 || report.first == 0 || !isWhole else {
      throw violation("\(name) to get items in order and intact", report.summary)
    }
    let accounted = report.count + report.missed
    if report.finish == "ended", accounted == published ?? victim.done { return }
    guard plan.victim == .producer, report.finish == "producerGone" else {
      let all = "\(published ?? victim.done)"
      throw violation("\(name) to get or miss \(all) items, and the end", report.summary)
    }
    // A producer that takes an item away counts it first: killed in between, it leaves both.
    let most = victim.begun + (plan.write.mayDrop ? 1 : 0)
    guard accounted <= most else {
      throw violation("\(name) to get at most the \(victim.begun) items begun", report.summary)
    }
    // Shared memory outlives its producer; a queue's items live in its process. What a skip waited
    // for never comes.
    let least = victim.done - (plan.sources.map(\.strategy).map(Self.longestSkip).max() ?? 0)
    guard plan.store == .queue || accounted >= least else {
      throw violation("\(name) to get the \(victim.done) items published", report.summary)
    }
  }

  private static func longestSkip(_ strategy: Strategy) -> Int {
    if case .skip(let count) = strategy { return Int(count) }
    return 0
  }
}
