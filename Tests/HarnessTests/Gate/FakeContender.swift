// SPDX-License-Identifier: Apache-2.0
@testable import Harness

/// Time that passes only when a launch is made.
final class FakeTime {
  var nanoseconds: Int64 = 0
}

/// A build that makes up its launches.
final class FakeContender: GateContender {
  let side: GateSide
  var hello: LaunchHello
  private let time: FakeTime
  /// Nanoseconds a message takes.
  var cost: (LaunchOrder) -> Double = { _ in 1000 }
  /// Why a cell cannot be measured.
  var lacks: (Cell) -> String? = { _ in nil }
  /// Changes a reply before it is given.
  var amend: (inout LaunchReply, LaunchOrder) throws(GateError) -> Void = { _, _ in }
  private(set) var orders: [LaunchOrder] = []

  init(_ side: GateSide, time: FakeTime, configuration: String = "release") {
    self.side = side
    self.time = time
    hello = LaunchHello(
      build: BuildInfo(
        version: "1", commit: "abc", dirty: false, swift: "6.3", configuration: configuration),
      machineFingerprint: "f00d", cpus: "0-1", clockStep: 1)
  }

  func check(_ cell: Cell) throws(GateError) -> LaunchReply {
    LaunchReply(cpus: hello.cpus, id: cell.id, lacks: lacks(cell))
  }

  func launch(_ order: LaunchOrder) throws(GateError) -> LaunchReply {
    orders.append(order)
    time.nanoseconds += Int64(order.cell.launchEstimate.count)
    var reply = LaunchReply(cpus: hello.cpus, record: record(order))
    try amend(&reply, order)
    return reply
  }

  private func record(_ order: LaunchOrder) -> LaunchRecord {
    let each = cost(order)
    let messages = Int((1e9 / each).rounded())
    let pairs =
      order.cell.latency == .halfRoundTrip
      ? [LatencyHistogram.Pair(nanoseconds: UInt64(each.rounded()), count: 1000)] : []
    return LaunchRecord(
      cellID: order.cell.id, launch: order.launch,
      slices: [
        .init(
          duration: .seconds(1), messages: messages, bytes: messages * order.cell.size.bytes)
      ],
      latency: pairs, integrity: Integrity(sent: messages, received: messages))
  }
}

/// Base, head and control over the cells of a small job.
struct FakeGate {
  let time = FakeTime()
  let base: FakeContender
  let head: FakeContender
  let control: FakeContender
  var terms: GateConductor.Terms

  init(_ overrides: [String] = ["launches=12"], budget: Nanoseconds = .seconds(600)) throws {
    base = FakeContender(.base, time: time)
    head = FakeContender(.head, time: time)
    control = FakeContender(.control, time: time)
    let plan = try Plan(job(SampleRun.small, overrides), catalog: .sample)
    terms = GateConductor.Terms(
      name: "fake", cells: plan.cells,
      rules: GateRules(margin: GateMargin(relative: 0.05), alpha: 0.05), seed: 1, budget: budget)
  }

  func conduct() throws -> GateResult {
    let time = time
    var conductor = try GateConductor(
      terms, contenders: [base, head, control], now: { time.nanoseconds })
    return conductor.conduct()
  }
}
