// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import SharedMemory

/// The worker processes of one launch. Whatever happens, none outlives this object.
final class Crew {
  private let board: LaunchBoard
  private let interrupts: Interrupts?
  private let notify: Doorbell
  private var members: [Member] = []

  private final class Member {
    var process: ChildProcess
    let role: String
    init(_ process: consuming ChildProcess, role: String) {
      self.process = process
      self.role = role
    }
  }

  init(board: LaunchBoard, interrupts: Interrupts?) throws {
    self.board = board
    self.interrupts = interrupts
    notify = try Doorbell()
  }

  deinit {
    board.enter(.abort)
    for member in members { member.process.kill() }
  }

  var boardDescriptor: CInt { board.segment.descriptor }
  var notifyDescriptor: CInt { notify.descriptor }

  func start(_ order: ChildProcess.Order) throws(LaunchError) {
    members.append(Member(try ChildProcess(order), role: order.arguments[3]))
  }

  /// Waits until every worker reached a state.
  func wait(for state: WorkerState, within limit: Nanoseconds) throws(LaunchError) {
    let deadline = MonotonicTime.nanoseconds() + Int64(limit.count)
    while true {
      try checkReports()
      if members.indices.allSatisfy({ board.state(of: $0).rawValue >= state.rawValue }) { return }
      try checkDeaths()
      try sleep(until: deadline, what: "get ready")
    }
  }

  /// Lets the workers work for a while.
  func rest(_ duration: Nanoseconds) throws(LaunchError) {
    let deadline = MonotonicTime.nanoseconds() + Int64(duration.count)
    while MonotonicTime.nanoseconds() < deadline {
      try poll(until: deadline)
      try checkReports()
      try checkDeaths()
    }
  }

  /// Waits until every worker has reported and exited.
  func waitForEnd(within limit: Nanoseconds) throws(LaunchError) {
    let deadline = MonotonicTime.nanoseconds() + Int64(limit.count)
    while true {
      try checkReports()
      if try checkDeaths() { return }
      try sleep(until: deadline, what: "drain and report")
    }
  }

  private func sleep(until deadline: Int64, what: String) throws(LaunchError) {
    guard MonotonicTime.nanoseconds() < deadline else {
      let late = members.indices.filter {
        board.state(of: $0).rawValue < WorkerState.finished.rawValue
      }
      let names = late.map { members[$0].role }.joined(separator: ", ")
      throw LaunchError(
        .workerHung, "\(names) did not \(what) in time; lower the size or depth, or run again")
    }
    try poll(until: deadline)
  }

  /// Sleeps until a worker says or does something, or a signal comes.
  private func poll(until deadline: Int64) throws(LaunchError) {
    var set = DescriptorSet()
    set.add(notify.descriptor)
    let interrupt = interrupts.flatMap { $0.descriptor >= 0 ? set.add($0.descriptor) : nil }
    // Not asked whether it still runs: one that ends meanwhile must end this sleep too.
    for member in members where !member.process.isReaped { set.add(member.process.pidfd) }
    let remaining = max(0, deadline - MonotonicTime.nanoseconds())
    set.wait(timeoutNanoseconds: remaining)
    notify.silence()
    if let interrupt, set.isReady(interrupt) {
      throw LaunchError(.interrupted, "interrupted; what was measured so far is kept")
    }
  }

  /// A worker that reported a failure ends the launch with its own words.
  private func checkReports() throws(LaunchError) {
    for index in members.indices where board.state(of: index) == .failed {
      let text = board.report(of: index).flatMap(Self.error) ?? "\(members[index].role) failed"
      throw LaunchError(.workerFailed, text)
    }
  }

  /// Throws when a worker ended before it had reported; true when all have ended.
  @discardableResult
  private func checkDeaths() throws(LaunchError) -> Bool {
    var allEnded = true
    for (index, member) in members.enumerated() {
      guard let outcome = member.process.poll() else {
        allEnded = false
        continue
      }
      if board.state(of: index) == .finished, outcome == .exited(0) { continue }
      let message = member.process.lastMessage().map { ": \($0)" } ?? ""
      let what =
        switch outcome {
        case .killed(let signal): "was killed by signal \(signal)"
        case .exited(let code): "exited with code \(code)"
        }
      throw LaunchError(
        .workerDied,
        "worker \(member.role) (pid \(member.process.identifier)) \(what) before its work was "
          + "done\(message); the launch was stopped: run again, or `weir doctor` for memory limits")
    }
    return allEnded
  }

  private static func error(_ data: Data) -> String? {
    (try? JSONDecoder().decode(WorkerReport.self, from: data))?.error
  }
}
