// SPDX-License-Identifier: Apache-2.0

extension SerializationError {
  /// What Foundation's decoders threw, as one of ours.
  static func undecodable<T>(_ format: StaticString, _ type: T.Type, _ error: any Error)
    -> SerializationError
  {
    // Our own checks, such as a frame's, keep their code.
    if let own = error as? SerializationError { return own }
    return .malformed(format, "cannot read \(type): \(summary(of: error))")
  }

  /// What Foundation's encoders threw, as one of ours.
  static func unencodable<T>(_ format: StaticString, _ type: T.Type, _ error: any Error)
    -> SerializationError
  {
    if let own = error as? SerializationError { return own }
    return SerializationError(
      .unsupportedValue,
      "cannot write \(type) as \(format): \(summary(of: error)); "
        + "change the value's encode(to:), or put it into a Frame")
  }

  private static func summary(of error: any Error) -> String {
    switch error {
    case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
      DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      return summary(context.codingPath, context.debugDescription, context.underlyingError)
    case EncodingError.invalidValue(_, let context):
      return summary(context.codingPath, context.debugDescription, context.underlyingError)
    default: return "\(error)"
    }
  }

  private static func summary(
    _ path: [any CodingKey], _ detail: String, _ underlying: (any Error)?
  ) -> String {
    let place = path.isEmpty ? "" : path.map(\.stringValue).joined(separator: ".") + ": "
    return place + detail + (underlying.map { " (\(summary(of: $0)))" } ?? "")
  }
}
