// SPDX-License-Identifier: Apache-2.0
import Glibc
import Harness
import SharedMemory
import Synchronization

@testable import Scenarios

/// Both ends in threads of this process.
struct ThreadPlayers: PeerVisitor {
  let stage: PeerStage

  func visit<Outlet: PeerOutlet & ~Copyable, Inlet: PeerInlet & ~Copyable>(
    outlet: @escaping @Sendable (PeerPort) throws -> Outlet,
    inlet: @escaping @Sendable (PeerPort) throws -> Inlet
  ) throws -> PeerStage.Outcomes {
    let ports = try stage.ports()
    let kind = stage.terms.kind
    let context = kind.usesZeroMQ ? try ZeroMQContext.make(kind) : nil
    let stage = stage
    let sent = Kept(PeerStage.Outcome())
    let thread = try NativeThread {
      sent.set(
        Self.attempt {
          try stage.send(outlet, at: ports.outletPort(context))
        })
    }
    let received = Self.attempt {
      try stage.receive(inlet, at: ports.inletPort(context))
    }
    thread.join()
    return PeerStage.Outcomes(sender: sent.value, receiver: received)
  }

  private static func attempt(_ body: () throws -> PeerStage.Outcome) -> PeerStage.Outcome {
    do {
      return try body()
    } catch {
      return PeerStage.Outcome(surprise: "\(error)")
    }
  }
}

/// One end in a forked process that is killed in the middle of it, the other here.
struct KilledPlayers: PeerVisitor {
  enum Victim: Sendable, CaseIterable { case sender, receiver }
  let stage: PeerStage
  let victim: Victim
  /// How long the victim may live.
  let microseconds: UInt32

  func visit<Outlet: PeerOutlet & ~Copyable, Inlet: PeerInlet & ~Copyable>(
    outlet: @escaping @Sendable (PeerPort) throws -> Outlet,
    inlet: @escaping @Sendable (PeerPort) throws -> Inlet
  ) throws -> PeerStage.Outcome {
    let ports = try stage.ports()
    let kind = stage.terms.kind
    let child = try Self.fork()
    let isSender = (child == 0) == (victim == .sender)
    // Whatever happens in the child, it goes no further. Each process keeps its own end.
    let others = isSender ? [ports.inlet, ports.otherLine] : [ports.outlet, ports.line]
    for descriptor in others.compactMap({ $0 }) { close(descriptor) }
    if child != 0 { Self.killLater(child, after: microseconds) }
    defer { if child == 0 { _exit(1) } }
    let context = kind.usesZeroMQ ? try ZeroMQContext.make(kind) : nil
    let outcome =
      isSender
      ? try stage.send(outlet, at: ports.outletPort(context))
      : try stage.receive(inlet, at: ports.inletPort(context))
    if child != 0 { waitpid(child, nil, 0) }
    return outcome
  }

  /// Swift does not offer it, because little may be done in the child: this one is killed in any case.
  private static func fork() throws -> pid_t {
    typealias Fork = @convention(c) () -> pid_t
    guard let symbol = dlsym(nil, "fork") else { return -1 }
    let child = unsafeBitCast(symbol, to: Fork.self)()
    // A child that hangs must not outlive its limit.
    if child == 0 { alarm(10) }
    return child
  }

  private static func killLater(_ child: pid_t, after microseconds: UInt32) {
    let thread = try? NativeThread {
      usleep(microseconds)
      kill(child, SIGKILL)
    }
    _ = consume thread
  }
}

/// A value that one thread leaves for another.
final class Kept<Value: Sendable>: Sendable {
  private let kept: Mutex<Value>
  init(_ value: Value) { kept = Mutex(value) }
  var value: Value { kept.withLock { $0 } }
  func set(_ value: Value) { kept.withLock { $0 = value } }
}
