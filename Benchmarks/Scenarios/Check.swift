// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Harness

/// How thoroughly received payloads are checked, and when.
struct Check {
  /// The same for every message; nil when sampling.
  private let fixed: Depth?
  private var countdown: UInt32 = 0
  /// One message in this many is checked in full when sampling.
  private static let samplingInterval: UInt32 = 64

  /// What to do with one payload.
  enum Depth { case full, header, none }

  init(_ verification: Verification) {
    fixed =
      switch verification {
      case .full: .full
      case .header: .header
      case .off: Depth.none
      case .sampled: nil
      }
  }

  /// Whether every byte of every payload is looked at.
  var isAlwaysFull: Bool { fixed == .full }

  @inline(__always)
  mutating func next() -> Depth { fixed ?? sample() }

  private mutating func sample() -> Depth {
    if countdown == 0 {
      countdown = Self.samplingInterval - 1
      return .full
    }
    countdown -= 1
    return .header
  }

  /// Two sums over the words of a payload; see `weir_checksum`.
  struct Sums: Equatable, Sendable {
    let sum: UInt64
    let weighted: UInt64
  }

  @inline(__always)
  static func sums(_ bytes: RawSpan) -> Sums {
    let sums = unsafe bytes.withUnsafeBytes { unsafe weir_checksum($0.baseAddress, $0.count) }
    return Sums(sum: sums.sum, weighted: sums.weighted)
  }
}

extension RawSpan {
  /// The native-endian word at a byte offset inside the span.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset <= byteCount - 8)
    return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}
