// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Serialization
internal import SharedMemory
internal import Topology
internal import Transport

/// The queue and shared-memory stores between processes: each end of each direction in its own.
struct TransportScenario: Scenario {
  let name = "transport"

  func stage(_ cell: Cell, seating: Seating, machine: Machine) throws -> Staging {
    let smallest = cell.load.trace?.sizes?.smallest ?? cell.size
    guard cell.serializer != "raw" || smallest.bytes >= StampedBytes.smallestByteCount else {
      throw LaunchError(
        .placement, "\(cell.id): a raw message carries its number; use a size of 8B or more")
    }
    guard
      cell.workload != "loaned"
        || (cell.serializer == "raw" && [.header, .off].contains(cell.verification))
    else {
      throw LaunchError(
        .placement,
        "\(cell.id): a loaned message has nothing but its stamps; use serializer raw and verify "
          + "header")
    }
    guard cell.workload != "latest" || cell.serializer != "raw" else {
      throw LaunchError(
        .placement, "\(cell.id): a strategy chooses among frames; use another serializer")
    }
    let shares = try NodeShares(cell, seating, machine)
    try MemoryNeed(cell, relays: shares?.relays ?? 0).check()
    if let shares { return try shares.stage(cell, seating, machine) }
    switch cell.workload {
    case "pingpong": return try stagePingPong(cell, seating, machine)
    case "pipeline": return try stagePipeline(cell, seating, machine)
    default: return try stageStream(cell, seating, machine)
    }
  }

  /// A queue's producer has a thread that feeds the customers' sockets.
  private static func sendingThreads(_ cell: Cell) -> Int { cell.store == "queue" ? 2 : 1 }

  private func stageStream(_ cell: Cell, _ seating: Seating, _ machine: Machine) throws -> Staging {
    var direction = try Direction(cell, customers: cell.customers, seating, machine)
    var workers = [
      StagedWorker(
        role: "producer", cpus: seating.producer.cpuset, details: try direction.sending.json,
        descriptors: direction.sending.descriptors, threads: Self.sendingThreads(cell))
    ]
    for index in 0..<cell.customers {
      let details = direction.receiving(index)
      workers.append(
        StagedWorker(
          role: "customer", cpus: seating.customer.cpuset, details: try details.json,
          descriptors: details.descriptors))
    }
    return Staging(workers: workers, keepers: direction.takeKeepers())
  }

  private func stagePingPong(
    _ cell: Cell, _ seating: Seating, _ machine: Machine
  ) throws -> Staging {
    var there = try Direction(cell, customers: 1, seating, machine)
    var back = try Direction(cell, customers: 1, seating, machine)
    let asker = RoleDetails(sends: there.sending.sends, receives: back.receiving(0).receives)
    let answerer = RoleDetails(sends: back.sending.sends, receives: there.receiving(0).receives)
    return Staging(
      workers: [
        StagedWorker(
          role: "asker", cpus: seating.producer.cpuset, details: try asker.json,
          descriptors: asker.descriptors, threads: Self.sendingThreads(cell)),
        StagedWorker(
          role: "answerer", cpus: seating.customer.cpuset, details: try answerer.json,
          descriptors: answerer.descriptors, threads: Self.sendingThreads(cell)),
      ], keepers: there.takeKeepers() + back.takeKeepers())
  }

  /// Three processes in a chain. A cell has two seats: filter and writer share the customer's.
  private func stagePipeline(
    _ cell: Cell, _ seating: Seating, _ machine: Machine
  ) throws -> Staging {
    guard cell.serializer != "raw", cell.customers == 1 else {
      throw LaunchError(
        .placement,
        "\(cell.id): a pipeline carries frames to one writer; use another serializer and "
          + "1 customer")
    }
    var first = try Direction(cell, customers: 1, seating, machine)
    var second = try Direction(cell, customers: 1, seating, machine)
    let roles = [
      ("camera", RoleDetails(sends: first.sending.sends), seating.producer),
      (
        "filter",
        RoleDetails(sends: second.sending.sends, receives: first.receiving(0).receives),
        seating.customer
      ),
      ("writer", second.receiving(0), seating.customer),
    ]
    return Staging(
      workers: try roles.map { role, details, seat in
        StagedWorker(
          role: role, cpus: seat.cpuset, details: try details.json,
          descriptors: details.descriptors,
          threads: details.sends.isEmpty ? 1 : Self.sendingThreads(cell))
      }, keepers: first.takeKeepers() + second.takeKeepers())
  }

  /// Both ends of a stream are slowed, or the faster one would wait the rest away; of a round trip, the
  /// asker, whose clock it is.
  func canSlow(_ cell: Cell) -> Bool {
    cell.load == .closed && ["stream", "batched", "pingpong"].contains(cell.workload)
  }

  func perform(_ session: WorkerSession) throws -> WorkerReport {
    let details = try session.details(RoleDetails.self)
      .renumbered(session.assignment.descriptors)
    let role = session.assignment.role
    let side = Self.side(of: role)
    var ends = try Ends(
      details, session.cell, seed: session.assignment.seed, sizes: MessageSizes(session.trace))
    try ends.touch(session, side)
    guard side == .relay else {
      return try PlacementWitness.watch(session, side, ends.segment, seating: details.seating) {
        try exchange(role, &ends, session)
      }
    }
    return try PlacementWitness.watch(
      session, side, ends.segment, seating: details.seating, source: ends.receivingSegment
    ) {
      try RelayTraffic.relay(&ends, toCustomers: details.relayedCustomers ?? 0, session)
    }
  }

  private static func side(of role: String) -> WorkerSide {
    switch role {
    case "producer", "asker", "camera": .producer
    case NodeShares.relayRole: .relay
    default: .customer
    }
  }

  private func exchange(
    _ role: String, _ ends: inout Ends, _ session: WorkerSession
  ) throws -> WorkerReport {
    if session.cell.workload == "pipeline" { return try chain(role, &ends, session) }
    let check = Check(session.cell.verification)
    if session.cell.serializer == "raw", let sizes = MessageSizes(session.trace) {
      let seed = session.assignment.seed
      return try exchange(
        role, &ends, session, sender: { MixedBytesSender($0, sizes, seed: seed) },
        receiver: { MixedBytesReceiver($0, sizes, seed: seed, check: check) })
    }
    if session.cell.serializer == "raw" {
      let message = StampedBytes(
        byteCount: session.cell.size.bytes, seed: session.assignment.seed,
        isWritten: session.cell.workload != "loaned")
      if session.cell.workload == "loaned" {
        return try exchange(
          role, &ends, session, sender: { LoanSender($0, message: message) },
          receiver: { BytesReceiver($0, message: message, check: check) })
      }
      return try exchange(
        role, &ends, session, sender: { BytesSender($0, message: message) },
        receiver: { BytesReceiver($0, message: message, check: check) })
    }
    let patterns = try ends.frames()
    if role == "customer" {
      var receiver = FrameReceiver(try ends.takeCustomer(), patterns: patterns, check: check)
      if let brake = Brake(session) {
        var slowed = BrakedReceiver(receiver, brake)
        return try OneWayTraffic.receive(&slowed, session)
      }
      return try OneWayTraffic.receiveFrames(&receiver, session)
    }
    return try exchange(
      role, &ends, session, sender: { FrameSender($0, patterns: patterns) },
      receiver: { FrameReceiver($0, patterns: patterns, check: check) })
  }

  private func chain(
    _ role: String, _ ends: inout Ends, _ session: WorkerSession
  ) throws -> WorkerReport {
    if role == "camera" {
      var producer = try ends.takeProducer()
      return try PipelineTraffic.camera(&producer, try ends.frames(), session)
    }
    var customer = try ends.takeCustomer()
    guard role == "filter" else {
      return try PipelineTraffic.writer(&customer, try ends.frames(), session)
    }
    var producer = try ends.takeProducer()
    return try PipelineTraffic.filter(&customer, &producer, session)
  }

  /// One loop for each kind of link: what travels is known where it runs.
  @inline(__always)
  private func exchange<
    Sender: MessageSender & ~Copyable, Receiver: MessageReceiver & ~Copyable
  >(
    _ role: String, _ ends: inout Ends, _ session: WorkerSession,
    sender makeSender: (consuming Producer<Frame>) -> Sender,
    receiver makeReceiver: (consuming Customer<Frame>) -> Receiver
  ) throws -> WorkerReport {
    switch role {
    case "producer":
      var sender = makeSender(try ends.takeProducer())
      if let brake = Brake(session) {
        var slowed = BrakedSender(sender, brake)
        return try OneWayTraffic.send(&slowed, session)
      }
      return try OneWayTraffic.send(&sender, session)
    case "customer":
      var receiver = makeReceiver(try ends.takeCustomer())
      if let brake = Brake(session) {
        var slowed = BrakedReceiver(receiver, brake)
        return try OneWayTraffic.receive(&slowed, session)
      }
      return try OneWayTraffic.receive(&receiver, session)
    default:
      var sender = makeSender(try ends.takeProducer())
      var receiver = makeReceiver(try ends.takeCustomer())
      if role == "asker", let brake = Brake(session) {
        var slowed = DelayedReceiver(receiver, brake)
        return try PingPongTraffic.ask(&sender, &slowed, session)
      }
      return role == "asker"
        ? try PingPongTraffic.ask(&sender, &receiver, session)
        : try PingPongTraffic.answer(&sender, &receiver, session)
    }
  }
}
