// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Foundation
internal import Glibc
internal import Harness
internal import SharedMemory
internal import Synchronization

/// Plays all ends in threads of this process.
struct ThreadPlayers: PeerVisitor {
  let stage: PeerStage

  func visit<Outlet: PeerOutlet & ~Copyable, Inlet: PeerInlet & ~Copyable>(
    outlet: @escaping @Sendable (PeerPort) throws -> Outlet,
    inlet: @escaping @Sendable (PeerPort) throws -> Inlet
  ) throws -> PeerStage.Outcomes {
    let ports = try PeerPorts(stage.terms)
    let kind = stage.terms.kind
    let context = kind.usesZeroMQ ? try ZeroMQContext.make(kind) : nil
    let stage = stage
    let sender = try PeerThread { stage.send(outlet, at: ports.outletPort(context)) }
    let others = try (1..<ports.inlets.count).map { index in
      try PeerThread { stage.receive(inlet, at: ports.inletPort(context, index)) }
    }
    let received = stage.receive(inlet, at: ports.inletPort(context))
    return PeerStage.Outcomes(
      sender: sender.join(), receiver: received, otherReceivers: others.map { $0.join() })
  }
}

/// Plays one end in a thread of its own.
private final class PeerThread {
  private final class Box: Sendable {
    let outcome = Mutex(PeerStage.Outcome())
  }

  private let box = Box()
  private var thread: NativeThread?

  init(_ body: @escaping @Sendable () -> PeerStage.Outcome) throws {
    let box = box
    thread = try NativeThread {
      let outcome = body()
      box.outcome.withLock { $0 = outcome }
    }
  }

  func join() -> PeerStage.Outcome {
    if let thread = thread.take() { thread.join() }
    return box.outcome.withLock { $0 }
  }
}

/// Plays one end here and the other in a process of its own, which may be killed meanwhile.
struct ProcessPlayers: PeerVisitor {
  let stage: PeerStage
  /// The end that is played in the other process.
  let remote: PeerEnd
  /// How long the other process may live; nil lets it end by itself.
  var microseconds: Int64?
  let program: PeerProgram

  func visit<Outlet: PeerOutlet & ~Copyable, Inlet: PeerInlet & ~Copyable>(
    outlet: @escaping @Sendable (PeerPort) throws -> Outlet,
    inlet: @escaping @Sendable (PeerPort) throws -> Inlet
  ) throws -> PeerStage.Outcomes {
    let ports = try PeerPorts(stage.terms)
    let kind = stage.terms.kind
    let isSender = remote == .receiver
    let descriptors =
      isSender ? ports.otherLines + ports.inlets[0] : ports.lines + ports.outlets
    var child = try ChildProcess(try program.order(stage, remote, ports.share, descriptors))
    // The end lives in the other process alone, or its death would not be noticed.
    for descriptor in descriptors { close(descriptor) }
    let killer = try microseconds.map { try Killer(child.pidfd, after: $0) }
    let context = kind.usesZeroMQ ? try ZeroMQContext.make(kind) : nil
    let own =
      isSender
      ? stage.send(outlet, at: ports.outletPort(context))
      : stage.receive(inlet, at: ports.inletPort(context))
    killer?.join()
    let other = outcome(of: &child)
    return isSender
      ? PeerStage.Outcomes(sender: own, receiver: other)
      : PeerStage.Outcomes(sender: other, receiver: own)
  }

  private static let endPatienceNanoseconds: Int64 = 10_000_000_000

  /// What the other process said in the end, if it came so far.
  private func outcome(of child: inout ChildProcess) -> PeerStage.Outcome {
    let deadline = MonotonicTime.nanoseconds() + Self.endPatienceNanoseconds
    while child.poll() == nil, MonotonicTime.nanoseconds() < deadline { Pause.aMoment() }
    var silent = PeerStage.Outcome()
    guard let end = child.poll() else {
      silent.trouble = "the process did not end"
      return silent
    }
    if case .killed(SIGKILL) = end, microseconds != nil { return silent }
    let said = child.lastMessage() ?? "nothing"
    if let outcome = try? JSONDecoder().decode(PeerStage.Outcome.self, from: Data(said.utf8)) {
      return outcome
    }
    silent.trouble = "the process ended (\(end)) and said: \(said)"
    return silent
  }
}

/// Kills a process after a while.
private final class Killer {
  private var thread: NativeThread?

  init(_ pidfd: CInt, after microseconds: Int64) throws {
    thread = try NativeThread {
      _ = weir_poll(nil, 0, microseconds * 1000)
      _ = weir_pidfd_kill(pidfd, SIGKILL)
    }
  }

  func join() { if let thread = thread.take() { thread.join() } }
}
