// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Topology

@testable import Harness

/// A run of cells whose every figure a test chooses, so that each rule can be made to speak or be silent.
struct StagedRun {
  /// The cell the test is about comes first.
  var cells: [StagedCell]
  var futexNanoseconds: UInt64? = 25_000
  var memcpy: [Int: Double] = [:]
  var ring: [Int: Double] = [:]
  var exchangeNanoseconds: UInt64?
  var logicalCPUs: Int? = 2

  init(_ cells: StagedCell...) { self.cells = cells }

  var run: Run {
    get throws {
      let plan = try Plan(job(SampleRun.small), catalog: .sample)
      var run = Run(
        header: RunHeader(
          id: "staged", plan: plan, started: "2026-01-02T03:04:05Z", command: ["weir"], job: nil),
        build: BuildInfo(
          version: "1", commit: nil, dirty: nil, swift: "6.3", configuration: "release"),
        machine: MachineInfo(
          fingerprint: "f", kernel: "Linux", cpu: "CPU", logicalCPUs: logicalCPUs, numaNodes: 1),
        clock: ClockInfo(source: "tsc", readCost: nil), roofline: roofline)
      let built = cells.map { ($0.cell, $0.records) }
      let regimes = Regimes(samples: built.flatMap(\.1))
      run.replaceCells(
        with: built.map {
          RunCell($0.0, samples: $0.1, roofline: run.roofline, regimes: regimes)
        })
      return run
    }
  }

  private var roofline: Roofline {
    func pingPong(_ nanoseconds: UInt64?) -> LatencyMetrics? {
      nanoseconds.flatMap { value in
        LatencyMetrics(
          kind: .halfRoundTrip,
          launches: Array(repeating: [.init(nanoseconds: value, count: 1000)], count: 6))
      }
    }
    func limits(_ rates: [Int: Double]) -> [Int: Roofline.Limit] {
      rates.compactMapValues { Roofline.Limit(repeats: Array(repeating: $0, count: 6)) }
    }
    return Roofline(
      cachelinePingPong: pingPong(exchangeNanoseconds), futexPingPong: pingPong(futexNanoseconds),
      memcpy: limits(memcpy), stream: limits(ring))
  }

  func explanation() throws -> Explanation {
    let run = try run
    return Explainer(run).explain(run.cells[0])
  }
}

/// A cell and what each of its launches recorded: 5 slices of 20 ms after 20 ms of warm-up.
struct StagedCell {
  var parameters: CellParameters
  var load = Load.closed
  var latencyKind = LatencyKind.oneWay
  var roof = Roof.unavailable("nothing bounds it")
  var placement = PlacementRequest.parts(
    producer: "core:0", customer: "core:1", segment: "producer")
  var launches = 6
  /// Messages per second.
  var rate = 1e6
  /// Of a message, for cells that measure time.
  var nanoseconds: UInt64?
  /// By which share launches differ, evenly spread.
  var spread = 0.004
  /// The last word on each record.
  var change: (inout LaunchRecord) -> Void = { _ in }
  var skip: String?

  init(
    _ workload: String = "stream", store: String = "shm", serializer: String = "large",
    size: Int = 64, wait: String = "park", customers: Int = 1,
    backpressure: Backpressure = .block
  ) {
    parameters = CellParameters(
      workload: workload, store: store, serializer: serializer, size: ByteCount(size), wait: wait,
      customers: customers, backpressure: backpressure)
    if workload == "pingpong" { latencyKind = .halfRoundTrip }
    if workload == "burst" { latencyKind = .perSend }
  }

  func with(_ change: (inout StagedCell) -> Void) -> StagedCell {
    var cell = self
    change(&cell)
    return cell
  }

  var cell: Cell {
    Cell(
      parameters: parameters, load: load, placement: placement, warmup: .milliseconds(20),
      measure: .milliseconds(100), slice: .milliseconds(20), launches: launches,
      latency: latencyKind, roof: roof, skip: skip)
  }

  var records: [LaunchRecord] {
    guard skip == nil else { return [] }
    return (0..<launches).map { number in
      let factor = 1 + spread * (Double(number) / Double(max(1, launches - 1)) - 0.5)
      let each = Int(rate * factor * 0.02)
      let slices = (0..<5).map { _ in
        LaunchRecord.Slice(
          duration: .milliseconds(20), messages: each, bytes: each * parameters.size.bytes)
      }
      let pairs = nanoseconds.map {
        [LatencyHistogram.Pair(nanoseconds: UInt64(Double($0) * factor), count: 2000)]
      }
      var record = LaunchRecord(
        cellID: cell.id, launch: number, slices: slices,
        latency: load == .closed ? pairs ?? [] : [],
        response: load == .closed ? [] : pairs ?? [], service: load == .closed ? [] : pairs ?? [],
        integrity: Integrity(sent: 6 * each, received: 6 * each),
        placement: ObservedPlacement(producerCPUs: [0], customerCPUs: [1], verified: true),
        noise: Noise(
          steal: 0, runDelay: 0, voluntarySwitches: 0, involuntarySwitches: 0, minorFaults: 0,
          majorFaults: 0), link: LinkFingerprint(cpus: [0, 1], before: 65, after: 65))
      record.busyCores = 1.2
      change(&record)
      return record
    }
  }
}
