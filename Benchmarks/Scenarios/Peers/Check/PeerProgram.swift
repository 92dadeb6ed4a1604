// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import Harness
internal import Topology

/// The program that plays an end of a peer's channel in a process of its own.
public struct PeerProgram: Sendable {
  let executable: String
  /// What makes it play an end; what the end does follows.
  let arguments: [String]

  public init(executable: String, arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  private struct Part: Codable {
    let stage: PeerStage
    let end: PeerEnd
    let share: PeerScenario.Share
  }

  /// - Parameter descriptors: the lifeline, then those of the channel.
  func order(
    _ stage: PeerStage, _ end: PeerEnd, _ share: PeerScenario.Share, _ descriptors: [CInt]
  ) throws -> ChildProcess.Order {
    let part = Part(stage: stage, end: end, share: share)
    let text = String(decoding: try JSONEncoder().encode(part), as: UTF8.self)
    let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
    return ChildProcess.Order(
      executable: executable, arguments: ["weir"] + arguments + [text], environment: environment,
      cpus: CPUSet(), descriptors: descriptors)
  }

  /// Plays an end whose descriptors this process inherited, and says on standard error what came of it.
  /// - Parameter part: as the process that started this one wrote it.
  public static func play(_ part: String) throws {
    let part = try JSONDecoder().decode(Part.self, from: Data(part.utf8))
    let outcome = try part.stage.terms.kind.accept(PartPlayer(part: part))
    FileHandle.standardError.write(try JSONEncoder().encode(outcome))
  }

  private struct PartPlayer: PeerVisitor {
    let part: Part

    func visit<Outlet: PeerOutlet & ~Copyable, Inlet: PeerInlet & ~Copyable>(
      outlet: @escaping @Sendable (PeerPort) throws -> Outlet,
      inlet: @escaping @Sendable (PeerPort) throws -> Inlet
    ) throws -> PeerStage.Outcome {
      let terms = part.stage.terms
      let context = terms.kind.usesZeroMQ ? try ZeroMQContext.make(terms.kind) : nil
      let first = CInt(STDERR_FILENO + 1)
      let numbers = (0..<part.share.descriptors).map { first + 1 + CInt($0) }
      let port = PeerPort(terms, numbers, part.share, Lifeline(OwnedDescriptor(first)), context)
      return part.end == .sender
        ? part.stage.send(outlet, at: port) : part.stage.receive(inlet, at: port)
    }
  }
}
