// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory
internal import Topology

/// What else carries bytes between processes, under the same traffic as Weir's stores: each end in a
/// process of its own, or in a thread where the peer stays in one process.
struct PeerScenario: Scenario {
  let name = "peer"

  /// A worker's part of one direction.
  struct Share: Codable {
    var descriptors: Int
    /// What a plug-in calls the channel.
    var name = ""
    /// Which of the receivers it is.
    var index = 0
  }

  /// What a worker's descriptors are: its lifelines, those of its outlet, those of its inlet.
  struct Details: Codable {
    var lines = 0
    var outlet: Share?
    var inlet: Share?
  }

  func stage(_ cell: Cell, seating: Seating, machine: Machine) throws -> Staging {
    guard cell.size.bytes >= StampedBytes.smallestByteCount else {
      throw LaunchError(
        .placement, "\(cell.id): a raw message carries its number; use a size of 8B or more")
    }
    try MemoryNeed(cell).check()
    let terms = try PeerTerms(cell)
    if terms.kind.isInProcess {
      let cpus = seating.producer.cpuset.union(seating.customer.cpuset)
      return Staging(workers: [StagedWorker(role: "threads", cpus: cpus, threads: 2)])
    }
    if terms.kind.plugin?.isNull == true {
      return Staging(workers: [StagedWorker(role: "null", cpus: seating.producer.cpuset)])
    }
    let bind = { (segment: Segment) in try seating.bind(segment, on: machine) }
    let isRoundTrip = cell.workload == "pingpong"
    var sender = PeerWorkerOrder(isRoundTrip ? "asker" : "producer")
    var receivers = (0..<terms.customers).map { _ in
      PeerWorkerOrder(isRoundTrip ? "answerer" : "customer")
    }
    let there = try terms.kind.makeChannel(terms, bind: bind)
    sender.sends(there)
    for index in receivers.indices {
      let (line, otherLine) = try Lifeline.makePair()
      sender.lines.append(line)
      receivers[index].lines.append(otherLine)
      receivers[index].receives(there, index)
    }
    if isRoundTrip {
      let back = try terms.kind.makeChannel(terms, bind: bind)
      receivers[0].sends(back)
      sender.receives(back, 0)
    }
    return Staging(
      workers: [try sender.staged(on: seating.producer.cpuset, terms.kind)]
        + (try receivers.map { try $0.staged(on: seating.customer.cpuset, terms.kind) }),
      keepers: sender.keepers + receivers.flatMap(\.keepers))
  }

  func perform(_ session: WorkerSession) throws -> WorkerReport {
    let terms = try PeerTerms(session.cell)
    if terms.kind.plugin?.isNull == true { return try PluginNull(session, terms).perform() }
    if terms.kind.isInProcess { return try PeerThreads(session, terms).perform() }
    return try terms.kind.accept(try PeerWorker(session, terms))
  }
}
