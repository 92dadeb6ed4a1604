// SPDX-License-Identifier: Apache-2.0
public import SharedMemory
public import Topology

/// Where the ends of a cell sit and where its memory lives, on a machine.
public struct Seating: Codable, Hashable, Sendable {
  public let producer: Seat
  public let customer: Seat
  public let memory: MemoryBinding
  /// Something a reader of the numbers should know, such as a preset that fell back.
  public let note: String?
}

/// What became of a placement request on a machine.
public enum SeatingOutcome: Sendable {
  case seated(Seating)
  /// The machine has not what the request names; the cell is skipped with this reason.
  case unavailable(String)
}

extension Seating {
  /// Finds the seats that a request names.
  ///
  /// - Throws: `.placement` when an expression is malformed; what the machine merely lacks is an
  ///   outcome.
  public static func resolve(
    _ request: PlacementRequest, on machine: Machine
  ) throws(LaunchError) -> SeatingOutcome {
    do throws(TopologyError) {
      switch request {
      case .preset(let name):
        guard let preset = PlacementPreset(rawValue: name) else {
          return .unavailable("no preset is named \(name)")
        }
        switch machine.resolve(preset) {
        case .unavailable(let reason): return .unavailable(reason)
        case .seats(let pair):
          return .seated(
            try Seating(pair.producer, pair.customer, "producer", note: pair.note, on: machine))
        }
      case .parts(let producer, let customer, let segment):
        return .seated(
          try Seating(
            try machine.seat(producer), try machine.seat(customer), segment, note: nil,
            on: machine))
      }
    } catch {
      guard case .malformed = error.code else { return .unavailable(error.description) }
      throw LaunchError(.placement, error.description)
    }
  }

  private init(
    _ producer: Seat, _ customer: Seat, _ home: String, note: String?, on machine: Machine
  ) throws(TopologyError) {
    self.producer = producer
    self.customer = customer
    self.note = note ?? producer.note ?? customer.note
    memory = try machine.resolve(try MemoryHome(home), producer: producer, customer: customer)
  }

  /// Binds a fresh segment to its home, before its pages are touched.
  ///
  /// - Parameter pages: what the segment is made of; a pool of reserved pages has room of its own.
  /// - Throws: `.resources` when the home has not that much memory free, `.refused` when the kernel
  ///   does not bind it there, `.placement` when it cannot be bound on such a machine at all.
  public func bind(
    _ segment: Segment, pages: SegmentPages = .automatic, on machine: Machine
  ) throws(LaunchError) {
    do throws(TopologyError) {
      // Before the policy stands: under it the kernel would kill a process to make room.
      if pages != .reserved { try machine.checkRoom(for: segment.byteCount, under: memory) }
      try unsafe segment.withAddressRange { (range) throws(TopologyError) in
        guard let start = range.baseAddress else { return }
        try unsafe machine.bindMemory(at: start, byteCount: range.count, to: memory)
      }
    } catch {
      // On the only node there is every page is at home, bound or not: a container that lets nobody bind
      // is no reason to measure nothing. Whether it could be verified is the census's to say.
      let isRefused = [.forbidden, .unsupported].contains(error.code)
      if isRefused, machine.numaNodes.count == 1 { return }
      throw LaunchError(Self.code(of: error), error.description)
    }
  }

  private static func code(of error: TopologyError) -> LaunchError.Code {
    switch error.code {
    case .noRoom: .resources
    case .unsupported, .forbidden, .notApplied, .system: .refused
    default: .placement
    }
  }
}

extension Seating {
  /// Whether each thread of a launch has a core of its own: the ends sit apart, and nowhere are there
  /// more threads than CPUs. Where they share, waiting for each other is part of their work.
  func givesOwnCores(to workers: [StagedWorker], of cell: Cell) -> Bool {
    guard producer.cpuset.isDisjoint(with: customer.cpuset),
      cell.producers <= producer.cpuset.count,
      cell.customers <= customer.cpuset.count
    else { return false }
    let threads = Dictionary(workers.map { ($0.cpus, $0.threads) }, uniquingKeysWith: +)
    return threads.allSatisfy { $0.value <= $0.key.count }
  }
}
