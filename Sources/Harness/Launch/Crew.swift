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
    var name: String { "\(role) (pid \(process.identifier))" }
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
      try sleep(until: deadline, for: state, what: "get ready")
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
      try sleep(until: deadline, for: .finished, what: "drain, report and exit")
    }
  }

  private func sleep(
    until deadline: Int64, for state: WorkerState, what: String
  ) throws(LaunchError) {
    guard MonotonicTime.nanoseconds() < deadline else { throw hung(before: state, what) }
    try poll(until: deadline)
  }

  /// Names the workers that are late. Where one was stopped, the others merely wait for it.
  private func hung(before state: WorkerState, _ what: String) -> LaunchError {
    var late = members.indices.filter { board.state(of: $0).rawValue < state.rawValue }
    // All have said what they had to say: those that still run did not exit.
    if late.isEmpty { late = members.indices.filter { !members[$0].process.isReaped } }
    let stopped = late.filter { members[$0].process.isStopped }
    let names = (stopped.isEmpty ? late : stopped).map { members[$0].name }
    let state = stopped.isEmpty ? "" : " (stopped by a signal)"
    return LaunchError(
      .workerHung,
      "worker \(names.joined(separator: ", worker "))\(state) did not \(what) in time; "
        + "lower the size or depth, or run again")
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
      throw .interrupted
    }
  }

  /// A worker that reported a failure ends the launch with its own words, unless it only complains
  /// of a peer's death.
  private func checkReports() throws(LaunchError) {
    for index in members.indices where board.state(of: index) == .failed {
      try blameTheDead()
      let text = board.report(of: index).flatMap(Self.error) ?? "\(members[index].role) failed"
      throw LaunchError(.workerFailed, text)
    }
  }

  /// Throws when a worker was killed; gives the news of it a moment to arrive.
  ///
  /// A process lets go of its locks and channels before it can be reaped, so that its peer may
  /// report the end of the transport before the harness sees the cause.
  private func blameTheDead() throws(LaunchError) {
    let deadline = MonotonicTime.nanoseconds() + Int64(Self.griefPeriod.count)
    repeat {
      for member in members {
        if case .killed(let signal)? = member.process.poll() { throw death(of: member, signal) }
      }
      var set = DescriptorSet()
      for member in members where !member.process.isReaped { set.add(member.process.pidfd) }
      set.wait(timeoutNanoseconds: max(0, deadline - MonotonicTime.nanoseconds()))
    } while MonotonicTime.nanoseconds() < deadline && members.contains { !$0.process.isReaped }
  }

  /// From the end of a process's files to its being reaped, also when its memory is large.
  private static let griefPeriod = Nanoseconds.milliseconds(300)

  private func death(of member: Member, _ signal: CInt) -> LaunchError {
    death(of: member, "was killed by signal \(signal)")
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
      switch outcome {
      case .killed(let signal): throw death(of: member, signal)
      case .exited(let code): throw death(of: member, "exited with code \(code)")
      }
    }
    return allEnded
  }

  private func death(of member: Member, _ what: String) -> LaunchError {
    let message = member.process.lastMessage().map { ": \($0)" } ?? ""
    return LaunchError(
      .workerDied,
      "worker \(member.name) \(what) before its work was "
        + "done\(message); the launch was stopped: run again, or `weir doctor` for memory limits")
  }

  private static func error(_ data: Data) -> String? {
    (try? JSONDecoder().decode(WorkerReport.self, from: data))?.error
  }
}
