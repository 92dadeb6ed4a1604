// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Serialization
internal import SharedMemory
internal import Topology
internal import Transport

/// One direction of a cell, made in the harness: a producer to hand over, and its customers.
struct Direction {
  let sending: RoleDetails
  private let sources: [SourceHandover]
  private var keepers: [Any]

  /// Makes the ring, binds its memory where the seating says, and promises the customers' places.
  init(_ cell: Cell, customers: Int, _ seating: Seating, _ machine: Machine) throws {
    var producer = try Producer<Frame>(CellTransport.producer(cell))
    try seating.bind(producer.segment, pages: cell.pages, on: machine)
    var keepers: [Any] = []
    var sources: [SourceHandover] = []
    for _ in 0..<customers {
      let ticket = try producer.makeSource(try CellTransport.source(cell))
      sources.append(try ticket.handover())
      keepers.append(ticket)
    }
    let (handover, keeper) = try producer.handover()
    keepers.append(keeper)
    sending = RoleDetails(sends: [handover])
    self.sources = sources
    self.keepers = keepers
  }

  func receiving(_ index: Int) -> RoleDetails { RoleDetails(receives: [sources[index]]) }

  /// The owners of the descriptors; the caller lets go of them once the workers run.
  mutating func takeKeepers() -> [Any] {
    defer { keepers = [] }
    return keepers
  }
}

/// What a cell's words mean to the transport.
enum CellTransport {
  static func producer(_ cell: Cell) throws -> ProducerConfiguration {
    ProducerConfiguration(
      capacity: cell.depth,
      arenaByteCount: cell.store == "shm" ? arenaByteCount(cell) : 0,
      customerLimit: max(cell.customers, 1), backpressure: try backpressure(cell),
      wait: try wait(cell), pages: cell.pages)
  }

  static func source(_ cell: Cell) throws -> SourceConfiguration {
    guard let store = StoreKind(rawValue: cell.store) else {
      throw LaunchError(.protocolViolation, "no transport store is named \(cell.store)")
    }
    return SourceConfiguration(
      store: store, serializer: cell.serializer,
      strategy: cell.workload == "latest" ? .latest : .all, wait: try wait(cell))
  }

  static func wait(_ cell: Cell) throws -> WaitStrategy {
    guard let wait = WaitStrategy(named: cell.wait) else {
      throw LaunchError(.protocolViolation, "no wait strategy is named \(cell.wait)")
    }
    return wait
  }

  private static func backpressure(_ cell: Cell) throws -> Transport.Backpressure {
    guard let backpressure = Transport.Backpressure(rawValue: cell.backpressure.rawValue) else {
      throw LaunchError(
        .protocolViolation, "the transport has no \(cell.backpressure.rawValue) backpressure")
    }
    return backpressure
  }

  /// Room for `depth` encoded messages of the cell's size.
  ///
  /// A serializer's envelope is a few hundred bytes; JSON needs four bytes for three.
  private static func arenaByteCount(_ cell: Cell) -> Int {
    let size = cell.size.bytes
    let encoded = cell.serializer == "raw" ? size : size + 512
    let item = cell.serializer == "json" ? (encoded + 2) / 3 * 4 + 64 : encoded
    // Nothing but stamps is written to what is lent: its size should not change which lines those are.
    return cell.workload == "loaned"
      ? ProducerConfiguration.arenaByteCount(depth: cell.depth, itemByteCount: item)
      : ProducerConfiguration.spreadArenaByteCount(depth: cell.depth, itemByteCount: item)
  }
}
