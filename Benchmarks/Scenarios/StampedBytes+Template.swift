// SPDX-License-Identifier: Apache-2.0

extension StampedBytes {
  /// Rules and template in memory of their own, for one end: closures that work on a message capture
  /// two addresses, not the rules.
  @safe
  struct Template: ~Copyable {
    let bytes: UnsafeRawPointer
    let rules: UnsafePointer<StampedBytes>

    init(_ message: StampedBytes) {
      let words =
        message.isWritten
        ? StampedBytes.template(byteCount: message.byteCount, seed: message.seed) : [0]
      let room = UnsafeMutableRawPointer.allocate(byteCount: words.count * 8, alignment: 64)
      unsafe words.withUnsafeBytes { source in
        if let start = source.baseAddress {
          unsafe room.copyMemory(from: start, byteCount: source.count)
        }
      }
      unsafe bytes = UnsafeRawPointer(room)
      let kept = UnsafeMutablePointer<StampedBytes>.allocate(capacity: 1)
      unsafe kept.initialize(to: message)
      unsafe rules = UnsafePointer(kept)
    }

    /// Lends message `sequence`, stamped in the template itself.
    func withMessage<R, E: Error>(
      _ sequence: UInt64, _ body: (RawSpan) throws(E) -> R
    ) throws(E) -> R {
      unsafe rules.pointee.stamp(sequence, UnsafeMutableRawPointer(mutating: bytes))
      let span = unsafe RawSpan(_unsafeStart: bytes, byteCount: rules.pointee.byteCount)
      return try body(span)
    }

    deinit {
      unsafe bytes.deallocate()
      unsafe rules.deallocate()
    }
  }
}
