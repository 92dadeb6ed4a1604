// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Topology
internal import Transport

/// The workers of a cell with replicas: a producer, on each node but the segment's a relay, and the
/// customers of each node at the ring that lies there.
struct NodeShares {
  static let relayRole = "relay"
  private let shares: [NodeShare]

  init(_ shares: [NodeShare]) { self.shares = shares }

  /// Nil for a cell without replicas.
  /// - Throws: `.placement` where there is nothing to replicate; a plan has skipped such a cell.
  init?(_ cell: Cell, _ seating: Seating, _ machine: Machine) throws(LaunchError) {
    guard cell.replicas != .none else { return nil }
    switch seating.shares(ofCustomers: cell.customers, on: machine) {
    case .shared(let shares): self.shares = shares
    case .unavailable(let reason): throw LaunchError(.placement, "\(cell.id): \(reason)")
    }
  }

  var relays: Int { shares.count { $0.relay != nil } }

  func stage(_ cell: Cell, _ seating: Seating, _ machine: Machine) throws -> Staging {
    let readers = shares.reduce(0) { $0 + ($1.relay == nil ? $1.customers.count : 1) }
    var source = try Direction(cell, customers: readers, seating, machine)
    var keepers: [Any] = []
    var relays: [StagedWorker] = []
    var customers: [StagedWorker] = []
    var place = 0
    for share in shares {
      if let relay = share.relay {
        var replica = try Direction(
          cell, customers: share.customers.count, share.seating, machine)
        var details = replica.sending
        details.receives = source.receiving(place).receives
        details.relayedCustomers = share.customers.count
        place += 1
        relays.append(try worker(Self.relayRole, relay, share, details))
        for index in share.customers.indices {
          customers.append(
            try worker("customer", share.seating.customer, share, replica.receiving(index)))
        }
        keepers += replica.takeKeepers()
      } else {
        for _ in share.customers {
          customers.append(
            try worker("customer", share.seating.customer, share, source.receiving(place)))
          place += 1
        }
      }
    }
    let producer = StagedWorker(
      role: "producer", cpus: seating.producer.cpuset, details: try source.sending.json,
      descriptors: source.sending.descriptors)
    return Staging(
      workers: [producer] + relays + customers, keepers: keepers + source.takeKeepers())
  }

  private func worker(
    _ role: String, _ seat: Seat, _ share: NodeShare, _ details: RoleDetails
  ) throws -> StagedWorker {
    var details = details
    details.seating = share.seating
    return StagedWorker(
      role: role, cpus: seat.cpuset, details: try details.json, descriptors: details.descriptors)
  }
}
