// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Foundation
internal import Glibc
internal import SharedMemory
internal import Topology

/// Measures the machine itself with the seats of a plan: what two bare processes can exchange, what
/// one can copy, and how many messages the plainest ring moves. Its workers are launched,
/// interleaved and replicated like any others.
struct RooflineScenario: Scenario {
  static let name = "roofline"
  var name: String { Self.name }

  /// How long each limit is measured in one launch, but for exchanges between sleepers.
  static let perLimit = Nanoseconds.milliseconds(15)

  /// About what measuring all limits once takes: each at least its time, and large copies as long as a
  /// few passes take at about 10 bytes a nanosecond, after a first touch of both blocks.
  static func estimate(sizes: [ByteCount]) -> Nanoseconds {
    let exchanges = BarePingPong.Kind.allCases.reduce(0) { $0 + $1.duration.count }
    let copies = sizes.reduce(0) { sum, size in
      sum + perLimit.count + CopyRoof.Pass.allCases.count * max(perLimit.count / 2, size.bytes / 2)
    }
    let touch = 2 * (sizes.max()?.bytes ?? 0) / Cell.touchBytesPerNanosecond
    return Nanoseconds(Cell.fixedOverhead.count + exchanges + copies + touch)
  }

  struct Details: Codable {
    var sizes: [Int]
  }

  /// Where the ring of each size lies: behind the ping-pong's page, one after the other.
  private static func ringOffset(_ index: Int, _ details: Details) -> Int {
    details.sizes[..<index].reduce(BarePingPong.byteCount) {
      $0 + PlainRing.byteCount(size: $1)
    }
  }

  func stage(_ cell: Cell, seating: Seating, machine: Machine) throws -> Staging {
    let details = Self.details(of: cell)
    let segment = try Segment.create(
      byteCount: Self.ringOffset(details.sizes.count, details), label: "roofline")
    try seating.bind(segment, on: machine)
    let pipes = try BarePipes()
    let text = String(decoding: try JSONEncoder().encode(details), as: UTF8.self)
    return Staging(
      workers: [
        StagedWorker(
          role: "asker", cpus: seating.producer.cpuset, details: text,
          descriptors: [segment.descriptor, pipes.answerRead, pipes.askWrite]),
        StagedWorker(
          role: "answerer", cpus: seating.customer.cpuset, details: text,
          descriptors: [segment.descriptor, pipes.askRead, pipes.answerWrite]),
      ], keepers: [segment, pipes])
  }

  /// The sizes travel in the group's name: a roofline cell has no axis of its own.
  ///
  /// Sizes that cannot be copied here are left out: their cells say why they cannot be measured.
  private static func details(of cell: Cell) -> Details {
    // Half of what is there, for source and target; who copies more leaves nothing for a cell.
    let most = (MemoryBudget.availableByteCount() ?? .max) / 4
    let sizes = (cell.group ?? "").split(separator: ",").compactMap { Int($0) }
    return Details(sizes: sizes.filter { $0 <= most })
  }

  /// A pseudo cell for the plan's sizes, not part of any table.
  static func cell(sizes: [ByteCount]) -> Cell {
    Cell(
      parameters: CellParameters(
        workload: name, store: "machine", serializer: "none", size: ByteCount(8), wait: "none"),
      placement: .preset("roofline"),
      group: sizes.map { "\($0.bytes)" }.joined(separator: ","),
      warmup: .milliseconds(1), measure: .milliseconds(1), slice: .milliseconds(1), launches: 1,
      latency: .halfRoundTrip, roof: .unavailable("it is the roofline"))
  }

  func perform(_ session: WorkerSession) throws -> WorkerReport {
    let descriptors = session.assignment.descriptors
    guard descriptors.count == 3 else {
      throw LaunchError(.protocolViolation, "the roofline's descriptors are missing; run again")
    }
    let segment = try Segment.attach(descriptor: descriptors[0])
    try segment.populate(.forWriting)
    let pingPong = BarePingPong(
      segment: segment, read: descriptors[1], write: descriptors[2], clock: session.clock)
    var report = WorkerReport()
    let asks = session.assignment.role == "asker"
    let details = try session.details(Details.self)
    let copies = CopyRoof(sizes: asks ? details.sizes : [])
    try session.start()
    for kind in BarePingPong.Kind.allCases {
      if asks {
        let pairs = pingPong.ask(kind, for: kind.duration)
        report.limits.append(.init(name: kind.limit, latency: pairs))
      } else {
        pingPong.answer(kind)
      }
    }
    for (index, size) in details.sizes.enumerated() {
      let ring = PlainRing(
        size: size, segment: segment, offset: Self.ringOffset(index, details))
      if asks {
        let rate = ring.send(clock: session.clock, for: Self.perLimit)
        report.limits.append(.init(name: .plainRing, byteCount: size, value: rate))
      } else {
        ring.receive()
      }
    }
    if asks {
      report.limits.append(.init(name: .clockRead, value: session.clock.readCostNanoseconds()))
      for pass in CopyRoof.Pass.allCases {
        for (size, rate) in copies.measure(pass, clock: session.clock, for: Self.perLimit) {
          report.limits.append(.init(name: pass.limit, byteCount: size, value: rate))
        }
      }
    }
    return report
  }
}

/// Two blocking pipes, one for each direction.
final class BarePipes {
  let askRead: CInt
  let askWrite: CInt
  let answerRead: CInt
  let answerWrite: CInt

  init() throws(LaunchError) {
    var ends: [CInt] = [-1, -1, -1, -1]
    let made = unsafe ends.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return false }
      return unsafe pipe(base) == 0 && pipe(base + 2) == 0
    }
    guard made else {
      throw LaunchError(.spawnFailed, "no pipe for the roofline; raise ulimit -n")
    }
    (askRead, askWrite, answerRead, answerWrite) = (ends[0], ends[1], ends[2], ends[3])
  }

  deinit { for end in [askRead, askWrite, answerRead, answerWrite] { close(end) } }
}
