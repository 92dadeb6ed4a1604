// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// What the suite asks of a peer: one customer step by step, or a whole part on its own.
enum PeerOrder: Codable, Sendable {
  case attach(SourceHandover)
  case get(TimeLimit)
  case wait(TimeLimit)
  case next
  case status
  /// The frame follows as payload; none takes the default away.
  case setDefault
  case detach
  case read(SourceHandover, ReadOrder)
  case write(ProducerHandover, WriteOrder)
  case damage(DamageOrder)

  /// Descriptors that follow on the other channel.
  var descriptors: [CInt] {
    switch self {
    case .attach(let handover), .read(let handover, _): handover.descriptors
    case .write(let handover, _): handover.descriptors
    default: []
    }
  }
}

/// A timeout as a value to send.
enum TimeLimit: Codable, Sendable {
  case now, never
  case nanoseconds(Int64)

  init(_ timeout: Timeout) {
    switch timeout {
    case .now: self = .now
    case .never: self = .never
    case .after(let nanoseconds): self = .nanoseconds(nanoseconds)
    }
  }

  var timeout: Timeout {
    switch self {
    case .now: .now
    case .never: .never
    case .nanoseconds(let count): .after(nanoseconds: count)
    }
  }
}

/// A peer's answer; a frame follows as payload where there is one.
struct PeerReply: Codable, Sendable {
  enum Outcome: String, Codable, Sendable {
    case done, item, byDefault, timedOut, ended, ready, failed
  }

  struct Status: Codable, Sendable {
    var count: Int
    var isEmpty: Bool
    var isLast: Bool
    var skippedCount: Int
    var droppedCount: Int
  }

  var outcome = Outcome.done
  var status: Status?
  var error: PortableError?
  var read: ReadReport?
  var write: WriteReport?
  var text: String?
}

/// A transport error as a value to send.
struct PortableError: Codable, Sendable {
  var code: CodeName
  var description: String
  var serializationCode: UInt8?
  var message: String?
  var remoteCause: String?

  init(_ error: TransportError) {
    code = CodeName(error.code)
    description = error.description
    if case .serialization(let cause) = error.code {
      serializationCode = cause.code.rawValue
      message = cause.message
      remoteCause = cause.remoteCause
    }
  }

  var error: TransportError {
    if let plain = code.plainCode { return TransportError(plain, description) }
    if let raw = serializationCode, let code = SerializationError.Code(rawValue: raw) {
      let cause = SerializationError(code, message ?? "", remoteCause: remoteCause)
      return TransportError(.serialization(cause), description)
    }
    return TransportError(
      .sharedMemory(SharedMemoryError(.invalidArgument, description)), description)
  }
}
