// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Topology

/// How much a self-test measures.
public struct SelfTestForm: Sendable {
  var serviceLaunches: Int
  var serviceMeasure: Nanoseconds
  var stallLaunches: Int
  var stall: StallForm
  /// Stalls in the measured phase of a launch, which has whole periods.
  var stallCount: Int
  var otherLaunches: Int
  var faultMeasure: Nanoseconds
  /// Sizes of runs, in launches, whose intervals are tried.
  var intervalLaunches: [Int]

  /// All of it, in a few minutes on two cores: stalls of 100 ms once a second.
  public static let full = SelfTestForm(
    serviceLaunches: 6, serviceMeasure: .seconds(1), stallLaunches: 3,
    stall: StallForm(period: .seconds(1), length: .milliseconds(100)), stallCount: 5,
    otherLaunches: 6, faultMeasure: .milliseconds(200), intervalLaunches: [6, 12, 20])

  /// Everything once, for every change of the code: stalls and periods of two fifths the length.
  public static let short = SelfTestForm(
    serviceLaunches: 1, serviceMeasure: .milliseconds(600), stallLaunches: 1,
    stall: StallForm(period: .milliseconds(400), length: .milliseconds(40)), stallCount: 4,
    otherLaunches: 1, faultMeasure: .milliseconds(60), intervalLaunches: [12])

  /// Messages a second of the open load, from T3 of the measurement rules.
  static let ratePerSecond = 10_000
  /// Synthetic runs for each size: with 500 one in fifty would be off by 2 % by chance, with 2000 one
  /// in a hundred thousand.
  static let intervalRuns = 2000
}

extension SelfTestForm {
  /// The job of a self-test, in the words of any job.
  func job(_ seats: SelfTestSeats, seed: Int) -> String {
    func stores(_ kinds: SyntheticStore...) -> String {
      kinds.map(\.rawValue).joined(separator: ", ")
    }
    let half = Nanoseconds(stall.period.count / 2)
    let stalls = Nanoseconds(stall.period.count * stallCount)
    let alone = "placement: { producer: \"\(seats.second)\", customer: \"\(seats.second)\" }"
    let pair = "placement: { producer: \"\(seats.first)\", customer: \"\(seats.second)\" }"
    let common = "serializer: [none], size: [64B], wait: [spin]"
    return """
      schema: 1
      name: selftest
      defaults: { warmup: 20ms, slice: 20ms, verify: full, seed: \(seed) }
      groups:
        - name: service-times
          defaults: { measure: \(serviceMeasure), launches: \(serviceLaunches) }
          axes: { workload: [pingpong], store: [\(stores(.constant, .bimodal, .pareto, .lognormal))], \(common) }
          \(alone)
        - name: open-load
          defaults: { warmup: \(half), measure: \(stalls), launches: \(stallLaunches) }
          axes: { store: [\(stores(.stalling, .steady))], load: ["open:\(Self.ratePerSecond)/s"], depth: [8], \(common) }
          \(pair)
        - name: integrity
          defaults: { measure: \(faultMeasure), launches: \(otherLaunches) }
          axes: { store: [\(stores(.honest, .losing, .duplicating, .swapping, .flipping, .tearing, .faulty))], depth: [8], \(common) }
          \(pair)
        - name: placement
          defaults: { measure: 200ms, launches: \(otherLaunches) }
          axes: { store: [\(stores(.staying, .straying, .returning, .misplacing))], depth: [1], \(common) }
          \(alone)
        - name: "null"
          defaults: { measure: 200ms, launches: \(otherLaunches) }
          axes: { workload: [pingpong, stream], store: ["null"], depth: [1], \(common) }
          \(alone)

      """
  }
}

/// Two CPUs that this process may use, as far apart as their numbers are; the same twice where there is
/// one. Not the first for what runs alone: that has the most interrupts.
struct SelfTestSeats {
  let first: String
  let second: String
  let areTwo: Bool

  init(_ machine: Machine) {
    let allowed = machine.pus.filter { $0.cpuset.isSubset(of: machine.allowedCPUs) }
    let numbers = allowed.map(\.logicalIndex)
    first = "pu:\(numbers.first ?? 0)"
    second = "pu:\(numbers.last ?? 0)"
    areTwo = numbers.count > 1
  }
}
