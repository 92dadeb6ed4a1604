// SPDX-License-Identifier: Apache-2.0
@testable import Harness

/// A run with plausible numbers from a fixed generator: every status, both workloads, a roofline.
enum SampleRun {
  static let yaml = """
    schema: 1
    name: compare
    title: Stores compared
    defaults: { warmup: 200ms, measure: 1s, launches: 6, verify: full, seed: 1 }
    axes:
      workload: [stream, pingpong]
      store: [list, queue, shm]
      serializer: [small, medium, large]
      size: [64B, 4KiB, 64KiB, 1MiB, 16MiB]
    filter:
      exclude:
        - { store: list, serializer: [medium, large] }
    """

  /// Every kind of cell, but few of each, for tests that look at the JSON.
  static let small = """
    schema: 1
    name: small
    defaults: { launches: 6 }
    axes: { workload: [stream, pingpong], store: [queue, shm], serializer: [large], size: [64B] }
    """

  /// Made once: its histograms take a while in a debug build.
  private static let whole = Result { try run(yaml) }

  static func run() throws -> Run { try whole.get() }

  static func run(
    _ text: String = yaml, configuration: String = "release", launches: Int? = nil
  ) throws -> Run {
    let plan = try Plan(job(text), catalog: .sample)
    let header = RunHeader(
      id: "r-0001", plan: plan, started: "2026-01-02T03:04:05Z", command: ["weir", "run"],
      job: text)
    var run = Run(
      header: header,
      build: BuildInfo(
        version: "0.1.0", commit: "0123456789abcdef", dirty: false, swift: "6.3.1",
        configuration: configuration),
      machine: MachineInfo(
        fingerprint: "sha256:feed", kernel: "Linux 6.18", cpu: "Example CPU 9000", logicalCPUs: 2,
        numaNodes: 1, hypervisor: "kvm",
        checks: [.init(name: "governor", state: .unavailable, hint: "hidden by the host")]),
      clock: ClockInfo(source: "tsc", readCost: 10.8, resolution: 1, offsetBound: 33),
      roofline: roofline)
    for cell in plan.cells {
      let count = cell.skip == nil ? launches ?? cell.launches : 0
      let samples = (0..<count).map { record(cell, launch: $0) }
      run.record(RunCell(cell, samples: samples, roofline: run.roofline, regimes: .unknown))
    }
    return run
  }

  /// Two cells that are ok, one that cannot run, one that lost messages, one that crashed.
  static func mixed() throws -> Run {
    var run = try Self.run(small)
    let cells = run.cells
    func spoilt(_ index: Int, skip: String? = nil, _ change: (inout LaunchRecord) -> Void)
      -> RunCell
    {
      var cell = cells[index].cell
      cell.skip = skip
      cell.parameters.depth += index
      var samples = skip == nil ? cells[index].samples : []
      for place in samples.indices { change(&samples[place]) }
      return RunCell(cell, samples: samples, roofline: run.roofline, regimes: .unknown)
    }
    let bad = [
      spoilt(1, skip: "queue: cannot <run> \"this\" & that,\nnever") { _ in },
      spoilt(3) { $0.integrity.lost = 3 },
      spoilt(1) { $0.errors = ["a worker, it seems, \"died\""] },
    ]
    run.replaceCells(with: [cells[1], cells[3]] + bad)
    return run
  }

  static var roofline: Roofline {
    func pingPong(_ nanoseconds: UInt64) -> LatencyMetrics? {
      let launches = (0..<6).map { launch in
        (0..<40).map {
          LatencyHistogram.Pair(nanoseconds: nanoseconds + UInt64($0 + launch), count: 5000)
        }
      }
      return LatencyMetrics(kind: .halfRoundTrip, launches: launches)
    }
    let copies: [Int: Double] = [
      64: 6.4e9, 4096: 6.1e10, 65536: 1.05e11, 1 << 20: 4.7e10, 16 << 20: 1.9e10,
    ]
    return Roofline(
      cachelinePingPong: pingPong(50), futexPingPong: pingPong(30_500),
      pipePingPong: pingPong(29_000),
      memcpy: copies.compactMapValues { rate in
        Roofline.Limit(repeats: (0..<6).map { rate * (1 + 0.004 * Double($0)) })
      })
  }

  /// Nanoseconds a message takes: a fixed cost and one per byte.
  static func cost(_ cell: Cell) -> Double {
    let bytes = Double(cell.size.bytes)
    let factors: [String: Double] = ["small": 1.6, "medium": 1.25]
    let factor: Double = factors[cell.serializer] ?? 1
    switch cell.store {
    case "list": return 25
    case "queue": return 350 * factor + bytes * 0.25 * factor
    default: return 11 * factor + bytes * (cell.size.bytes > 1 << 20 ? 0.06 : 0.016) * factor
    }
  }

  static func record(_ cell: Cell, launch: Int) -> LaunchRecord {
    var random = Xoshiro256(seed: LaunchSlot.hash("\(cell.id) \(launch)"))
    func jitter(_ share: Double) -> Double {
      1 + share * (Double(random.below(2001)) / 1000 - 1)
    }
    let launchFactor = jitter(0.03)
    let wake = cell.latency == .halfRoundTrip ? 31_000.0 : 0
    let each = (cost(cell) + wake) * launchFactor
    let slices = (0..<10).map { index in
      let messages = Int(1e8 / (each * jitter(0.01) * (cell.latency == .oneWay ? 1 : 2)))
      return LaunchRecord.Slice(
        begin: .milliseconds(index * 102), duration: .milliseconds(100), messages: messages,
        bytes: messages * cell.size.bytes)
    }
    let messages = slices.reduce(0) { $0 + $1.messages }
    let queueing = cell.latency == .oneWay ? Double(cell.depth) * 0.7 : 1
    let pairs = (0..<200).map { step in
      let tail = 1 + pow4(Double(step) / 199) * 6
      return LatencyHistogram.Pair(
        nanoseconds: UInt64(each * queueing * (0.9 + 0.2 * Double(step) / 199) * tail),
        count: UInt64(max(1, Double(messages) / 200 / (tail * tail))))
    }
    return LaunchRecord(
      cellID: cell.id, launch: launch, slices: slices, latency: pairs,
      integrity: Integrity(sent: messages, received: messages),
      placement: ObservedPlacement(
        producerCPUs: [0], customerCPUs: [1],
        segmentPagesByNode: cell.store == "shm" ? ["0": 16] : nil, verified: true),
      noise: Noise(
        steal: 100_000, runDelay: 250_000, voluntarySwitches: 40, involuntarySwitches: 2,
        migrations: 0, minorFaults: 0, majorFaults: 0))
  }

  private static func pow4(_ x: Double) -> Double { x * x * x * x }
}
