// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Why a peer's channel could not be made, or went no further.
struct PeerError: Error, Hashable, CustomStringConvertible {
  enum Code: Hashable {
    /// The other end went away before it had said that this was all.
    case gone
    /// The system refused a call; the number is its reason.
    case refused(CInt)
    /// This machine has not what the peer needs.
    case unavailable
  }

  let code: Code
  /// What happened and what to do about it, in one line.
  let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  static func gone(_ kind: PeerKind, _ end: String) -> PeerError {
    PeerError(
      .gone, "\(kind.rawValue): the \(end) is gone before the stream's end; run again")
  }

  /// A failed call of the C layer, which returns `-errno`.
  static func refused(
    _ kind: PeerKind, _ call: String, _ result: Int64, _ words: String? = nil, remedy: String
  ) -> PeerError {
    let number = CInt(truncatingIfNeeded: -result)
    let reason = unsafe words ?? String(cString: strerror(number))
    return PeerError(.refused(number), "\(kind.rawValue): \(call) failed: \(reason); \(remedy)")
  }

  static let raiseFiles = "raise the limit on open files (ulimit -n)"
}
