// SPDX-License-Identifier: Apache-2.0

import Serialization
import Testing

@Suite struct EncodeBufferTests {
  @Test func keepsItsMemory() throws {
    var buffer = EncodeBuffer()
    let frame = try Frame([UInt8](repeating: 3, count: 1000))
    let serializer = TensorSerializer()
    try serializer.encode(frame, into: &buffer)
    let capacity = buffer.capacity
    let address = buffer.address
    #expect(address % EncodeBuffer.alignment == 0)
    for size in [0, 10, 1000] {
      let other = try Frame([UInt8](repeating: 4, count: size))
      try serializer.encode(other, into: &buffer)
      #expect(buffer.capacity == capacity)
      #expect(buffer.address == address)
      #expect(try buffer.withBytes { try serializer.decode($0) } == other)
    }
    buffer.removeAll()
    #expect(buffer.byteCount == 0)
    #expect(buffer.capacity == capacity)
  }

  @Test func isEmptyAfterAFailure() throws {
    var buffer = EncodeBuffer(capacity: 100)
    buffer.replace(byteCount: 10) { _ in 10 }
    #expect(buffer.byteCount == 10)
    expectError(.malformed) {
      try buffer.replace(byteCount: 20) { _ throws(SerializationError) in
        throw SerializationError(.malformed, "on purpose; expect it")
      }
    }
    #expect(buffer.byteCount == 0)
    #expect(buffer.capacity == 100)
  }

  @Test func trapsOnFalseClaims() async {
    await #expect(processExitsWith: .failure) {
      var buffer = EncodeBuffer(capacity: 100)
      buffer.replace(byteCount: 10) { $0.byteCount + 1 }
    }
  }
}

extension EncodeBuffer {
  /// Where the first byte lies.
  fileprivate var address: Int {
    withBytes { $0.withUnsafeBytes { Int(bitPattern: $0.baseAddress) } }
  }
}
