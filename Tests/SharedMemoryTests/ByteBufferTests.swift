// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Testing

@Suite struct ByteBufferTests {
  private func contents(_ buffer: borrowing ByteBuffer) -> [UInt8] {
    buffer.read(count: buffer.count) { span in span.withUnsafeBytes { Array($0) } }
  }

  @Test(arguments: [0, 1, 63, 64, 65, 1000])
  func bytesComeOutAsTheyWentIn(capacity: Int) {
    var buffer = ByteBuffer(capacity: capacity)
    #expect(buffer.isEmpty == true)
    var expected: [UInt8] = []
    for round in 0..<200 {
      let bytes = (0..<(round % 37)).map { UInt8(truncatingIfNeeded: round &+ $0) }
      buffer.append(bytes.span.bytes)
      expected += bytes
      let gone = min(expected.count, round % 23)
      buffer.consume(gone)
      expected.removeFirst(gone)
      #expect(buffer.count == expected.count)
      #expect(buffer.isEmpty == expected.isEmpty)
    }
    #expect(contents(buffer) == expected)
  }

  @Test func wordsAreLittleEndianAndMayBeUnaligned() {
    var buffer = ByteBuffer()
    let first: [UInt8] = [0xFF]
    buffer.append(first.span.bytes)
    buffer.append(0x0807_0605_0403_0201 as UInt64)
    #expect(contents(buffer) == [0xFF, 1, 2, 3, 4, 5, 6, 7, 8])
    #expect(buffer.word(at: 1) == 0x0807_0605_0403_0201)
    buffer.overwrite(7, at: 1)
    #expect(buffer.word(at: 1) == 7)
    buffer.consume(1)
    #expect(buffer.word(at: 0) == 7)
  }

  @Test func aFailingWriterLeavesNothing() {
    struct Refused: Error {}
    var buffer = ByteBuffer()
    buffer.append(1)
    #expect(throws: Refused.self) {
      try buffer.append(upTo: 100_000) { (_) throws(Refused) in throw Refused() }
    }
    #expect(buffer.count == 8)
    #expect(buffer.word(at: 0) == 1)
    buffer.append(upTo: 1000) { span in
      span.storeBytes(of: 0x55, as: UInt8.self)
      return 1
    }
    buffer.removeLast(1)
    #expect(buffer.count == 8)
  }

  @Test func partsAreReadFromTheFront() {
    var buffer = ByteBuffer()
    let bytes: [UInt8] = [1, 2, 3, 4, 5]
    buffer.append(bytes.span.bytes)
    buffer.consume(1)
    #expect(
      buffer.read(offset: 1, count: 2) { span in span.withUnsafeBytes { Array($0) } } == [3, 4])
    #expect(buffer.read(offset: 4, count: 0) { $0.byteCount } == 0)
  }

  @Test func readingBeyondTheEndTraps() async {
    await #expect(processExitsWith: .failure) {
      let buffer = ByteBuffer()
      buffer.read(offset: 0, count: 1) { _ in }
    }
    await #expect(processExitsWith: .failure) {
      var buffer = ByteBuffer()
      buffer.append(1)
      _ = buffer.word(at: 1)
    }
    await #expect(processExitsWith: .failure) {
      var buffer = ByteBuffer()
      buffer.append(upTo: 8) { _ in 9 }
    }
  }
}
