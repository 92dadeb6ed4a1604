// SPDX-License-Identifier: Apache-2.0
internal import Transport

/// The code of a transport error without what it carries: for reports and comparison.
enum CodeName: String, Codable, Sendable {
  case tooLarge, full, ended, producerGone, corrupt, unsupported, invalidArgument, serialization
  case sharedMemory

  init(_ code: TransportError.Code) {
    self = Self.known.first { $0.code == code }?.name ?? Self.carrying(code)
  }

  /// The code itself, of those that carry nothing.
  var plainCode: TransportError.Code? { Self.known.first { $0.name == self }?.code }

  private static let known: [(name: CodeName, code: TransportError.Code)] = [
    (.tooLarge, .tooLarge), (.full, .full), (.ended, .ended), (.producerGone, .producerGone),
    (.corrupt, .corrupt), (.unsupported, .unsupported), (.invalidArgument, .invalidArgument),
  ]

  private static func carrying(_ code: TransportError.Code) -> CodeName {
    if case .serialization = code { .serialization } else { .sharedMemory }
  }
}
