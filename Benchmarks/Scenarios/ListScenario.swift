// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Serialization
internal import SharedMemory
internal import Synchronization
internal import Topology
internal import Transport

/// The list store: both ends are threads of one process, each bound to its seat.
struct ListScenario: Scenario {
  let name = "list"

  func stage(_ cell: Cell, seating: Seating, machine: Machine) throws -> Staging {
    try MemoryNeed(cell).check()
    let cpus = seating.producer.cpuset.union(seating.customer.cpuset)
    return Staging(workers: [StagedWorker(role: "threads", cpus: cpus, threads: 1 + cell.customers)]
    )
  }

  func perform(_ session: WorkerSession) throws -> WorkerReport {
    let machine = try Machine.current()
    let patterns = try FramePatterns(
      byteCount: session.cell.size.bytes, seed: session.assignment.seed,
      depth: session.cell.depth, sizes: MessageSizes(session.trace))
    return session.cell.workload == "pingpong"
      ? try pingPong(session, machine, patterns) : try stream(session, machine, patterns)
  }

  private func stream(
    _ session: WorkerSession, _ machine: Machine, _ patterns: FramePatterns
  ) throws -> WorkerReport {
    var producer = try Producer<Frame>(CellTransport.producer(session.cell))
    let segment = producer.segment
    try session.assignment.seating.bind(segment, on: machine)
    try segment.populate(.forWriting)
    var threads: [SideThread] = []
    for _ in 0..<session.cell.customers {
      let ticket = try producer.makeSource(try CellTransport.source(session.cell))
      threads.append(
        try SideThread(session, machine, .customer) {
          var receiver = FrameReceiver(
            try Customer(ticket), patterns: patterns, check: Check(session.cell.verification))
          return try OneWayTraffic.receiveFrames(&receiver, session)
        })
    }
    var sender = FrameSender(producer, patterns: patterns)
    var report = try SideThread.run(session, machine, .producer, segment) {
      try OneWayTraffic.send(&sender, session)
    }
    for thread in threads { report.merge(try thread.join()) }
    return report
  }

  private func pingPong(
    _ session: WorkerSession, _ machine: Machine, _ patterns: FramePatterns
  ) throws -> WorkerReport {
    let configuration = try CellTransport.producer(session.cell)
    var there = try Producer<Frame>(configuration)
    let segment = there.segment
    try session.assignment.seating.bind(segment, on: machine)
    try segment.populate(.forWriting)
    let question = try there.makeSource(try CellTransport.source(session.cell))
    let backTicket = Mutex<SourceTicket<Frame>?>(nil)
    let ready = try Doorbell()
    let bell = ready.descriptor
    let answerer = try SideThread(session, machine, .customer) {
      var back = try Producer<Frame>(configuration)
      let answer = try back.makeSource(try CellTransport.source(session.cell))
      backTicket.withLock { $0 = answer }
      ready.ring()
      var receiver = FrameReceiver(
        try Customer(question), patterns: patterns, check: Check(session.cell.verification))
      var sender = FrameSender(back, patterns: patterns)
      return try PingPongTraffic.answer(&sender, &receiver, session)
    }
    var waiting = DescriptorSet()
    waiting.add(bell)
    waiting.wait(timeoutNanoseconds: 10_000_000_000)
    guard let ticket = backTicket.withLock({ $0 }) else { return try answerer.join() }
    var receiver = FrameReceiver(
      try Customer(ticket), patterns: patterns, check: Check(session.cell.verification))
    var sender = FrameSender(there, patterns: patterns)
    var report = try SideThread.run(session, machine, .producer, segment) {
      try PingPongTraffic.ask(&sender, &receiver, session)
    }
    report.merge(try answerer.join())
    return report
  }
}
