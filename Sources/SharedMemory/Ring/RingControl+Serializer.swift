// SPDX-License-Identifier: Apache-2.0

extension RingControl {
  /// Bytes of the longest serializer name that a segment can record.
  public static let serializerNameLimit = 60

  /// Name of the serializer of the payloads in slots and arena; nil while none is recorded, or when
  /// what is recorded is no name.
  public var serializerName: String? {
    let count = Int(segment.uint32(at: RingLayout.serializerOffset).loadAcquire())
    guard (1...Self.serializerNameLimit).contains(count) else { return nil }
    let bytes = segment.bytes(at: RingLayout.serializerOffset + 4, count: count)
    return bytes.read(offset: 0, count: count) { span in
      let letters = (0..<count).map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
      // A registered name is made of these; anything else is damage, and not for a terminal.
      guard letters.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
      return String(decoding: letters, as: UTF8.self)
    }
  }

  /// Records the serializer, once.
  /// - Precondition: 1 to ``serializerNameLimit`` bytes.
  public func recordSerializer(_ name: String) {
    let letters = Array(name.utf8)
    precondition((1...Self.serializerNameLimit).contains(letters.count))
    let field = segment.bytes(at: RingLayout.serializerOffset + 4, count: letters.count)
    unsafe letters.withUnsafeBytes { bytes in
      unsafe field.copy(RawSpan(_unsafeBytes: bytes), to: 0)
    }
    // Release: pairs with the acquire in serializerName, which then reads the letters.
    segment.uint32(at: RingLayout.serializerOffset).storeRelease(UInt32(letters.count))
  }
}
