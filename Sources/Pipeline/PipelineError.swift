// SPDX-License-Identifier: Apache-2.0

/// Why a pipeline could not be built, or did not reach its end.
public struct PipelineError: Error, Sendable, CustomStringConvertible {
  public enum Code: Hashable, Sendable {
    /// The description contradicts itself: a name twice, a link to nowhere, a circle.
    case invalidPipeline
    /// No stage body of that name is registered in the process that is to run it.
    case unknownBody(nearest: String?)
    /// A stage process could not be started, or a thread.
    case startFailed
    /// A stage threw.
    case stageFailed
    /// A stage's process ended before its work did.
    case stageDied
  }

  public let code: Code
  /// The stage that it is about; nil when it is about the whole.
  public let stage: String?
  /// What happened and what to do about it, in one line; of a stage that threw, its error's text.
  public let cause: String
  /// What the stages had done until then; nil when the pipeline never ran.
  public internal(set) var summary: PipelineSummary?

  init(_ code: Code, stage: String? = nil, _ cause: String, summary: PipelineSummary? = nil) {
    self.code = code
    self.stage = stage
    self.cause = cause
    self.summary = summary
  }

  public var description: String { stage.map { "stage '\($0)': \(cause)" } ?? cause }
}
