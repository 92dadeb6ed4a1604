// SPDX-License-Identifier: Apache-2.0

/// Why a value could not become bytes, or bytes a value, and what to do about it.
public struct SerializationError: Error, Equatable, Sendable {
  /// The kind of failure, for callers that act on it.
  public enum Code: UInt8, Sendable, CaseIterable {
    /// The bytes are not a valid encoding: truncated, corrupt, or of another format.
    case malformed = 1
    /// The destination is smaller than the encoding; ``neededByteCount`` says by how much.
    case tooSmall = 2
    /// This serializer cannot carry the value.
    case unsupportedValue = 3
    /// No serializer has the name; ``nearestMatch`` holds a likely one.
    case unknownSerializer = 4
    /// A serializer with the name exists already.
    case duplicateSerializer = 5
    /// Data type, shape, strides and bytes contradict each other.
    case invalidFrame = 6
    /// A named limit was exceeded.
    case limitExceeded = 7
    /// The elements are of another type than the one asked for.
    case typeMismatch = 8
    /// A remote process failed in a way that has no code here; ``remoteCause`` says how.
    case remote = 9
  }

  /// The kind of failure.
  public let code: Code
  /// One line: what is wrong and what to do about it.
  public let message: String
  /// With ``Code-swift.enum/tooSmall``: the bytes the encoding needs.
  public let neededByteCount: Int?
  /// With ``Code-swift.enum/unknownSerializer``: the registered name most like the one asked for.
  public let nearestMatch: String?
  /// What another process reported, as text, when the error came over a wire.
  public let remoteCause: String?

  /// Creates an error; `message` names the remedy.
  public init(
    _ code: Code, _ message: String, neededByteCount: Int? = nil, nearestMatch: String? = nil,
    remoteCause: String? = nil
  ) {
    self.code = code
    self.message = message
    self.neededByteCount = neededByteCount
    self.nearestMatch = nearestMatch
    self.remoteCause = remoteCause
  }
}

extension SerializationError: CustomStringConvertible {
  /// One line: code, message and remote cause.
  public var description: String {
    let text = remoteCause.map { "\(code): \(message) (remote cause: \($0))" }
    return (text ?? "\(code): \(message)").split(whereSeparator: \.isNewline)
      .joined(separator: " | ")
  }
}

// Out of line and never inlined, so that a throw costs the hot paths one call and no code.
extension SerializationError {
  @inline(never) @usableFromInline
  static func malformed(_ format: StaticString, _ detail: String) -> SerializationError {
    SerializationError(
      .malformed,
      "not a valid \(format) encoding: \(detail); check that both ends use the same serializer")
  }

  @inline(never) @usableFromInline
  static func tooSmall(needed: Int, available: Int) -> SerializationError {
    SerializationError(
      .tooSmall,
      "the encoding needs \(needed) bytes but the destination has \(available); "
        + "provide at least \(needed)", neededByteCount: needed)
  }

  @inline(never) @usableFromInline
  static func limitExceeded(_ what: String, _ limit: Int, remedy: String) -> SerializationError {
    SerializationError(.limitExceeded, "\(what) exceeds the limit of \(limit); \(remedy)")
  }

  @inline(never) @usableFromInline
  static func invalidFrame(_ detail: String) -> SerializationError {
    SerializationError(.invalidFrame, detail)
  }
}
