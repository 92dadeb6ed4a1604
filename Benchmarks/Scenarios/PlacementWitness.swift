// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory
internal import Topology

/// Sees where a worker and its memory really are, after the first touch and at the end.
struct PlacementWitness {
  private let seat: Seat
  private let side: WorkerSide
  private let binding: MemoryBinding
  /// What a relay reads from, and where that is to be.
  private let source: (segment: Segment, binding: MemoryBinding)?
  private var cpus: Set<Int> = []
  private var verdicts: [PlacementVerdict] = []
  private var pagesByNode: [String: Int]?

  init(_ session: WorkerSession, side: WorkerSide, seating: Seating?, source: Segment?) {
    let all = session.assignment.seating
    let seating = seating ?? all
    seat = side == .customer ? seating.customer : seating.producer
    self.side = side
    binding = seating.memory
    self.source = source.map { ($0, all.memory) }
  }

  /// Does a side's work between two looks at where it and its memory are.
  ///
  /// - Parameters:
  ///   - isMain: whether this thread's work is the worker's: starts and stops its session, so
  ///   that neither look counts as work.
  ///   - seating: of the ring whose segment this is; nil for the launch's.
  ///   - source: the launch's segment, for a relay, whose own is a replica.
  static func watch(
    _ session: WorkerSession, _ side: WorkerSide, _ segment: Segment?, isMain: Bool = true,
    seating: Seating? = nil, source: Segment? = nil, _ body: () throws -> WorkerReport
  ) throws -> WorkerReport {
    var witness = PlacementWitness(session, side: side, seating: seating, source: source)
    witness.look(at: segment)
    if isMain { try session.start() }
    var report = try body()
    if isMain { session.stop() }
    witness.look(at: segment)
    witness.testify(&report, of: segment)
    return report
  }

  /// Looks at the calling thread and, if given, at the pages of its segment.
  private mutating func look(at segment: Segment?) {
    do throws(TopologyError) {
      cpus.insert(try CurrentCPU.now().cpu)
      verdicts.append(
        .affinity(requested: seat.cpuset, observed: try CPUSet.ofCurrentThread()))
      if let source {
        verdicts.append(
          .memory(requested: source.binding, census: try Self.census(of: source.segment)))
      }
      guard let segment else { return }
      let census = try Self.census(of: segment)
      verdicts.append(.memory(requested: binding, census: census))
      pagesByNode = Dictionary(
        census.pagesByNode.map { ("\($0.key)", $0.value) }, uniquingKeysWith: +)
    } catch {
      verdicts.append(.unavailable(error.description))
    }
  }

  private static func census(of segment: Segment) throws(TopologyError) -> PageCensus {
    try unsafe segment.withAddressRange { (range) throws(TopologyError) in
      try unsafe PageCensus(
        of: UnsafeRawPointer(range.baseAddress.unsafelyUnwrapped), byteCount: range.count)
    }
  }

  /// Adds what was seen to the report, and what pages the segment has.
  private func testify(_ report: inout WorkerReport, of segment: Segment?) {
    let seen =
      switch side {
      case .producer: report.producerCPUs
      case .customer: report.customerCPUs
      case .relay: report.relayCPUs ?? []
      }
    let all = cpus.union(seen)
    report.note(all, side: side)
    if side == .relay {
      report.replicaPagesByNode = pagesByNode
    } else {
      report.segmentPagesByNode = pagesByNode
    }
    if side == .producer {
      report.segmentPageSizes = unsafe segment?.withAddressRange { range in
        unsafe range.baseAddress.flatMap { unsafe PageSizes(ofMappingAt: $0) }
      }
    }
    let verdict = PlacementVerdict.worst(
      verdicts + [.cpus(requested: seat.cpuset, observed: CPUSet(all))])
    switch verdict {
    case .verified: report.placementVerified = true
    case .mismatch(let reason):
      report.placementVerified = false
      report.placementNote = "\(side.rawValue): \(reason)"
    case .unavailable(let reason):
      report.placementVerified = nil
      report.placementNote = "\(side.rawValue): \(reason)"
    }
  }
}
