// SPDX-License-Identifier: Apache-2.0
public import Serialization
internal import SharedMemory
public import Transport

/// What a stage does. Its closures are called by one thread, one at a time; what they throw stops the
/// pipeline.
public struct StageBody {
  enum Work {
    case source(() throws -> Frame?)
    case taking(Selection.Condition, ([Frame?]) throws -> Frame?)
  }

  let work: Work
  let finish: () throws -> String

  /// Makes frames until it returns nil, or the pipeline is stopped.
  ///
  /// - Parameter finish: called once after the last item; its text is shown in the summary.
  public static func source(
    _ next: @escaping () throws -> Frame?, finish: @escaping () throws -> String = { "" }
  ) -> StageBody {
    StageBody(work: .source(next), finish: finish)
  }

  /// Makes a frame, or nothing, of what comes in.
  ///
  /// - Parameters:
  ///   - condition: with `.all`, the default, there is one frame of every input each time, and the
  ///     stage is done when one input is over; with `.any`, nil stands for inputs that had nothing, and
  ///     it is done when all are.
  ///   - finish: as for ``source(_:finish:)``.
  public static func transform(
    when condition: Selection.Condition = .all, _ body: @escaping ([Frame?]) throws -> Frame?,
    finish: @escaping () throws -> String = { "" }
  ) -> StageBody {
    StageBody(work: .taking(condition, body), finish: finish)
  }

  /// Takes what comes in. Parameters as for ``transform(when:_:finish:)``.
  public static func collector(
    when condition: Selection.Condition = .all, _ body: @escaping ([Frame?]) throws -> Void,
    finish: @escaping () throws -> String = { "" }
  ) -> StageBody {
    StageBody(
      work: .taking(
        condition,
        {
          try body($0)
          return nil
        }), finish: finish)
  }
}

/// Stage bodies by name, so that another process of the same executable can run one.
public final class StageRegistry: Sendable {
  /// Makes a fresh body from a stage's arguments, in the thread or process that runs it.
  public typealias Factory = @Sendable (_ arguments: String) throws -> StageBody

  /// The registry that pipelines and ``StageMain`` use.
  public static let standard = StageRegistry()

  private let factories = Guarded<[String: Factory]>([:])

  public init() {}

  /// Adds a body, or replaces the one of that name.
  public func register(_ name: String, _ factory: @escaping Factory) {
    factories.withLock { $0[name] = factory }
  }

  /// - Throws: `.unknownBody` with the nearest name.
  func factory(named name: String) throws(PipelineError) -> Factory {
    let (found, known) = factories.withLock { ($0[name], $0.keys.sorted()) }
    if let found { return found }
    let nearest = NearestName(to: name, among: known).name
    throw PipelineError(
      .unknownBody(nearest: nearest),
      "no stage body is called '\(name)'; "
        + (nearest.map { "did you mean '\($0)'? " } ?? "")
        + "register it before StageMain.runIfAsked(); known: \(known.joined(separator: ", "))")
  }
}
