// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory
internal import Topology

/// Sees where a worker and its memory really are, after the first touch and at the end.
struct PlacementWitness {
  private let seat: Seat
  private let side: WorkerSide
  private let binding: MemoryBinding
  private var cpus: Set<Int> = []
  private var verdicts: [PlacementVerdict] = []
  private var pagesByNode: [String: Int]?

  init(_ session: WorkerSession, side: WorkerSide) {
    let seating = session.assignment.seating
    seat = side == .producer ? seating.producer : seating.customer
    self.side = side
    binding = seating.memory
  }

  /// Does a side's work between two looks at where it and its memory are.
  ///
  /// - Parameter isMain: whether this thread's work is the worker's: starts and stops its session, so
  ///   that neither look counts as work.
  static func watch(
    _ session: WorkerSession, _ side: WorkerSide, _ segment: Segment?, isMain: Bool = true,
    _ body: () throws -> WorkerReport
  ) throws -> WorkerReport {
    var witness = PlacementWitness(session, side: side)
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
      guard let segment else { return }
      let census = try unsafe segment.withAddressRange { (range) throws(TopologyError) in
        try unsafe PageCensus(
          of: UnsafeRawPointer(range.baseAddress.unsafelyUnwrapped), byteCount: range.count)
      }
      verdicts.append(.memory(requested: binding, census: census))
      pagesByNode = Dictionary(
        census.pagesByNode.map { ("\($0.key)", $0.value) }, uniquingKeysWith: +)
    } catch {
      verdicts.append(.unavailable(error.description))
    }
  }

  /// Adds what was seen to the report, and what pages the segment has.
  private func testify(_ report: inout WorkerReport, of segment: Segment?) {
    let seen = side == .producer ? report.producerCPUs : report.customerCPUs
    let all = cpus.union(seen)
    report.note(all, side: side)
    report.segmentPagesByNode = pagesByNode
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
