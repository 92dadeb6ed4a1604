// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Harness
internal import SharedMemory
internal import Topology

/// What else carries bytes between processes, under the same traffic as Weir's stores: each end in a
/// process of its own, or in a thread where the peer stays in one process.
struct PeerScenario: Scenario {
  let name = "peer"

  /// Which of a worker's descriptors are its channels; the lifeline comes first.
  struct Details: Codable {
    var sends = false
    var receives = false
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
    let (line, otherLine) = try Lifeline.makePair()
    let bind = { (segment: Segment) in try seating.bind(segment, on: machine) }
    let there = try terms.kind.makeChannel(terms, bind: bind)
    var workers = PeerPair(
      first: PeerWorkerOrder("producer", line), second: PeerWorkerOrder("customer", otherLine))
    workers.connect(there)
    if cell.workload == "pingpong" {
      workers.first.role = "asker"
      workers.second.role = "answerer"
      workers.connectBack(try terms.kind.makeChannel(terms, bind: bind))
    }
    return Staging(
      workers: [
        try workers.first.staged(on: seating.producer.cpuset, terms.kind),
        try workers.second.staged(on: seating.customer.cpuset, terms.kind),
      ], keepers: workers.first.keepers + workers.second.keepers)
  }

  func perform(_ session: WorkerSession) throws -> WorkerReport {
    let terms = try PeerTerms(session.cell)
    if terms.kind.isInProcess { return try PeerThreads(session, terms).perform() }
    return try terms.kind.accept(try PeerWorker(session, terms))
  }
}

/// What one worker of a pair will inherit.
private struct PeerWorkerOrder {
  var role: String
  let lifeline: OwnedDescriptor
  var details = PeerScenario.Details()
  /// The outlet before the inlet.
  var channels: [OwnedDescriptor] = []

  init(_ role: String, _ lifeline: OwnedDescriptor) {
    self.role = role
    self.lifeline = lifeline
  }

  var keepers: [Any] { [lifeline] + channels }

  func staged(on cpus: CPUSet, _ kind: PeerKind) throws -> StagedWorker {
    StagedWorker(
      role: role, cpus: cpus,
      details: String(decoding: try JSONEncoder().encode(details), as: UTF8.self),
      descriptors: [lifeline.number] + channels.map(\.number),
      // ZeroMQ between processes has a thread of its own for what is on its way.
      threads: kind.usesZeroMQ ? 2 : 1)
  }
}

private struct PeerPair {
  var first: PeerWorkerOrder
  var second: PeerWorkerOrder

  mutating func connect(_ channel: PeerChannel?) {
    first.details.sends = true
    second.details.receives = true
    guard let channel else { return }
    first.channels.append(channel.outlet)
    second.channels.append(channel.inlet)
  }

  mutating func connectBack(_ channel: PeerChannel?) {
    second.details.sends = true
    first.details.receives = true
    guard let channel else { return }
    first.channels.append(channel.inlet)
    second.channels.insert(channel.outlet, at: 0)
  }
}
