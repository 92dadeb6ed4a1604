// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Foundation
internal import Glibc
internal import SharedMemory
internal import Topology

/// Counts what a script does, in a process of its own that this one traces.
public enum CountedProcess {
  /// Rounds of a script that count; one before them does not.
  public static let rounds = 3
  /// What the process waits on for its tracer.
  static let gate = CInt(STDERR_FILENO + 1)

  /// What came of a script.
  public struct Outcome: Sendable {
    public var counts: MessageCounts
    /// Why some were not counted.
    public var notes: [String]
  }

  /// What the process counted of itself, as it writes it on its standard error.
  struct Report: Codable {
    var rounds: [MessageCounts]
    var note: String?
  }

  /// Runs a script and counts it. Called by the main thread, which traces.
  ///
  /// - Parameter arguments: make this program run the script, by ``run(_:)``.
  /// - Throws: `LaunchError` when the process cannot be started, or fails.
  public static func count(_ script: String, arguments: [String]) throws(LaunchError) -> Outcome {
    let (near, far): (CInt, CInt)
    do { (near, far) = try ByteChannel.makePair() } catch {
      throw LaunchError(.resources, "\(script): \(error)")
    }
    defer { close(near) }
    // Whatever else differs between two environments is no difference here.
    let kept = ["PATH", "LD_LIBRARY_PATH", "WEIR_BACKENDS"]
    let environment =
      ProcessInfo.processInfo.environment.filter { kept.contains($0.key) }
      .map { "\($0.key)=\($0.value)" } + ["SWIFT_BACKTRACE=enable=no", "WEIR_STREAMING_COPY=0"]
    var child = try ChildProcess(
      ChildProcess.Order(
        executable: "/proc/self/exe", arguments: ["weir"] + arguments, environment: environment,
        cpus: CPUSet(), descriptors: [far]))
    close(far)
    let attached = weir_trace_attach(child.identifier)
    var byte: UInt8 = 1
    _ = unsafe send(near, &byte, 1, CInt(MSG_NOSIGNAL))
    var calls = [weir_trace_counts](repeating: weir_trace_counts(), count: rounds)
    var found = attached
    if attached == 0 {
      found = unsafe calls.withUnsafeMutableBufferPointer {
        unsafe weir_trace_follow(child.identifier, $0.baseAddress, rounds)
      }
    }
    return try outcome(script, &child, found < 0 ? [] : Array(calls.prefix(Int(found))), found)
  }

  private static let patience: Int64 = 60_000_000_000

  private static func outcome(
    _ script: String, _ child: inout ChildProcess, _ calls: [weir_trace_counts], _ found: CInt
  ) throws(LaunchError) -> Outcome {
    let deadline = MonotonicTime.nanoseconds() + patience
    while child.poll() == nil, MonotonicTime.nanoseconds() < deadline {
      _ = weir_poll(nil, 0, 1_000_000)
    }
    let said = child.lastMessage() ?? "nothing"
    guard let report = try? JSONDecoder().decode(Report.self, from: Data(said.utf8)) else {
      throw LaunchError(.workerFailed, "\(script): its process said: \(said); run it again")
    }
    var notes = [report.note].compactMap { $0 }
    if calls.isEmpty {
      let reason = unsafe String(cString: strerror(-found))
      notes.append(
        "system calls are not counted here (ptrace: \(reason)); allow tracing one's own children")
    }
    let merged = report.rounds.enumerated().map { index, counted in
      var counts = counted
      guard index < calls.count else { return counts }
      counts.systemCalls = Int(calls[index].calls)
      counts.futexWaits = Int(calls[index].futex_waits)
      counts.futexWakes = Int(calls[index].futex_wakes)
      counts.wokenThreads = Int(calls[index].woken)
      counts.kernelBytes = Int(calls[index].kernel_bytes)
      return counts
    }
    guard let least = MessageCounts.least(merged) else {
      throw LaunchError(.workerFailed, "\(script): it counted nothing; run it again")
    }
    return Outcome(counts: least, notes: notes)
  }

  // MARK: In the counted process

  /// Part of the symbol of ``countedRound(_:_:)``, by which ``InstructionCounter`` finds it.
  static let countedName = "countedRound"

  /// Runs a script once to warm up and then once more, which counts.
  ///
  /// - Parameters: as of ``run(messages:_:)``.
  public static func runUntraced(messages: Int, _ round: (Range<UInt64>) throws -> Void) throws {
    weir_keep_heap()
    let count = UInt64(messages)
    try round(0..<count)
    let made = try countedRound(count..<2 * count, round)
    precondition(made == messages)
  }

  /// - Returns: how many messages it was: a call that is the last thing done would be no call.
  @inline(never)
  private static func countedRound(
    _ numbers: Range<UInt64>, _ round: (Range<UInt64>) throws -> Void
  ) rethrows -> Int {
    try round(numbers)
    return numbers.count
  }

  /// Waits for the tracer, runs a script once to warm up and then some rounds, and says what they took.
  ///
  /// - Parameters:
  ///   - messages: of one round.
  ///   - round: one round; the messages' numbers go on from those of the one before.
  public static func run(messages: Int, _ round: (Range<UInt64>) throws -> Void) throws {
    // Who hangs is killed by this, and his tracer learns of it.
    alarm(60)
    weir_keep_heap()
    let counting = weir_tally_begin()
    var byte: UInt8 = 0
    while unsafe read(gate, &byte, 1) < 0, errno == EINTR || errno == EAGAIN {
      _ = weir_poll(nil, 0, 1_000_000)
    }
    let count = UInt64(messages)
    try round(0..<count)
    var counted: [MessageCounts] = []
    for index in 1...UInt64(rounds) {
      let before = weir_tally_now()
      weir_trace_mark(CInt(WEIR_MARK_BEGIN))
      try round(index * count..<(index + 1) * count)
      weir_trace_mark(CInt(WEIR_MARK_END))
      let after = weir_tally_now()
      var counts = MessageCounts(messages: messages)
      counts.pageFaults = Int(after.faults - before.faults)
      if counting == 0 {
        counts.allocations = Int(after.allocations - before.allocations)
        counts.copiedBytes = Int(after.copied_bytes - before.copied_bytes)
      }
      counted.append(counts)
    }
    weir_trace_mark(CInt(WEIR_MARK_DONE))
    let note = counting == 0 ? nil : "allocations and copies are not counted in this build"
    FileHandle.standardError.write(try JSONEncoder().encode(Report(rounds: counted, note: note)))
  }
}
