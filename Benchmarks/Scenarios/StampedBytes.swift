// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import Harness

/// What the bytes of a message must be, for payloads that no serializer wraps.
///
/// The first word is the message's number and the last whole word its complement; what lies between
/// is fixed. The checksum is linear, so the sums that a number leads to are known without reading.
/// Plain words only: a copy of it costs no reference counting.
struct StampedBytes {
  let byteCount: Int
  let seed: Int
  private let base: weir_sums
  private let firstWeight: UInt64
  private let lastWeight: UInt64
  private let lastOffset: Int

  static let smallestByteCount = 8
  /// Bytes of both stamps.
  static let stampByteCount = 16

  let isWritten: Bool

  /// - Parameter isWritten: false for messages that have nothing but their stamps, which need no
  ///   template; ``write(_:_:to:)`` and full checks are not for them.
  /// - Precondition: `byteCount` is at least 8, for the number.
  init(byteCount: Int, seed: Int, isWritten: Bool = true) {
    precondition(byteCount >= Self.smallestByteCount)
    self.byteCount = byteCount
    self.seed = seed
    self.isWritten = isWritten
    lastOffset = (byteCount / 8 - 1) * 8
    firstWeight = UInt64((byteCount + 7) / 8)
    lastWeight = firstWeight - UInt64(lastOffset / 8)
    let template = isWritten ? Self.template(byteCount: byteCount, seed: seed) : []
    base = unsafe template.withUnsafeBytes {
      unsafe weir_checksum($0.baseAddress, min($0.count, byteCount))
    }
  }

  /// The message with both stamps zero, in whole words.
  static func template(byteCount: Int, seed: Int) -> [UInt64] {
    var random = SplitMix64(seed: UInt64(seed))
    var words = (0..<(byteCount + 7) / 8).map { _ in random.next() }
    words[0] = 0
    words[byteCount / 8 - 1] = 0
    return words
  }

  /// Writes message `sequence` to where customers will read it: the template, then the stamps.
  ///
  /// Not the other way round: reading back what was just stored waits for the store.
  @inline(__always)
  func write(_ sequence: UInt64, _ template: UnsafeRawPointer, to room: inout MutableRawSpan) {
    unsafe room.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress, bytes.count >= byteCount else { return }
      if byteCount <= WEIR_SMALL_BYTES {
        unsafe weir_copy_small(start, template, byteCount)
      } else {
        unsafe start.copyMemory(from: template, byteCount: byteCount)
      }
      unsafe stamp(sequence, start)
    }
  }

  /// Writes the stamps alone.
  func stamp(_ sequence: UInt64, _ room: inout MutableRawSpan) {
    unsafe room.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress, bytes.count >= byteCount else { return }
      unsafe stamp(sequence, start)
    }
  }

  @inline(__always)
  func stamp(_ sequence: UInt64, _ start: UnsafeMutableRawPointer) {
    unsafe start.storeBytes(of: sequence, as: UInt64.self)
    if lastOffset > 0 {
      unsafe start.storeBytes(of: ~sequence, toByteOffset: lastOffset, as: UInt64.self)
    }
  }

  /// Whether messages can be recognised by ``isMessage(_:_:_:)``.
  var isQuick: Bool { byteCount % 8 == 0 && (Self.quickestByteCount...128).contains(byteCount) }
  private static let quickestByteCount = 48

  /// Whether a payload is message `sequence`, every byte of it; false asks for ``fault(_:_:_:_:)``.
  ///
  /// In few instructions: the next messages are only fetched as far ahead as a core can look.
  /// - Precondition: ``isQuick``.
  @inline(__always)
  func isMessage(
    _ sequence: UInt64, _ payload: RawSpan, _ template: UnsafeRawPointer
  ) -> Bool {
    guard payload.byteCount == byteCount else { return false }
    return unsafe payload.withUnsafeBytes { bytes in
      let start = unsafe bytes.baseAddress.unsafelyUnwrapped
      var wide = unsafe Self.wideDifference(start, template, at: lastOffset &- 32)
      var offset = 8
      while offset &+ 32 < lastOffset {
        wide |= unsafe Self.wideDifference(start, template, at: offset)
        offset &+= 32
      }
      let narrow = wide.lowHalf | wide.highHalf
      let first = unsafe start.loadUnaligned(as: UInt64.self) ^ sequence
      let last = unsafe start.loadUnaligned(fromByteOffset: lastOffset, as: UInt64.self)
      return narrow[0] | narrow[1] | first | (last ^ ~sequence) == 0
    }
  }

  /// What a payload claims to be.
  @inline(__always)
  static func claim(_ payload: RawSpan) -> Arrival {
    guard payload.byteCount >= smallestByteCount else {
      return Arrival(kind: .message, fault: .corrupt)
    }
    return Arrival(kind: .message, sequence: payload.word(at: 0))
  }

  /// What a payload claims to be, and what is wrong with it.
  @inline(__always)
  func arrival(
    _ payload: RawSpan, _ template: UnsafeRawPointer, _ depth: Check.Depth
  ) -> Arrival {
    var arrival = Self.claim(payload)
    if arrival.fault == .none, depth != .none {
      arrival.fault = unsafe fault(arrival.sequence, payload, template, depth)
    }
    return arrival
  }

  /// What is wrong with a payload that claims to be message `sequence`.
  func fault(
    _ sequence: UInt64, _ payload: RawSpan, _ template: UnsafeRawPointer, _ depth: Check.Depth
  ) -> Fault {
    if depth == .none { return .none }
    guard payload.byteCount == byteCount else { return .corrupt }
    if lastOffset > 0, payload.word(at: lastOffset) != ~sequence { return .torn }
    if depth == .header { return .none }
    if byteCount <= WEIR_SMALL_BYTES {
      return unsafe hasSameBytes(payload, template) ? .none : .corrupt
    }
    let sums = Check.sums(payload)
    let last = lastOffset > 0 ? ~sequence : 0
    let sum = base.sum &+ sequence &+ last
    let weighted = base.weighted &+ sequence &* firstWeight &+ last &* lastWeight
    return sums.sum == sum && sums.weighted == weighted ? .none : .corrupt
  }

  /// Compares what lies between the stamps, and after the last; the stamps were looked at.
  private func hasSameBytes(_ payload: RawSpan, _ template: UnsafeRawPointer) -> Bool {
    unsafe payload.withUnsafeBytes { bytes in
      guard let start = bytes.baseAddress else { return false }
      let rest = lastOffset + 8
      return unsafe memcmp(start + 8, template + 8, max(0, lastOffset - 8)) == 0
        && memcmp(start + rest, template + rest, byteCount - rest) == 0
    }
  }

  @inline(__always)
  private static func wideDifference(
    _ one: UnsafeRawPointer, _ other: UnsafeRawPointer, at offset: Int
  ) -> SIMD4<UInt64> {
    unsafe one.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
      ^ other.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
  }
}
