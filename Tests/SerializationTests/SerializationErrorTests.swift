// SPDX-License-Identifier: Apache-2.0

import Serialization
import Testing

@Suite struct SerializationErrorTests {
  struct Foreign: Error {}

  @Test(arguments: SerializationError.Code.allCases)
  func wireRoundTrip(code: SerializationError.Code) throws {
    let sent = SerializationError(
      code, "what; remedy ü", neededByteCount: 17, nearestMatch: "near", remoteCause: "root")
    let received = try pass(sent)
    #expect(received.code == code)
    #expect(received.message == sent.message)
    #expect(received.neededByteCount == 17)
    #expect(received.nearestMatch == "near")
    #expect(received.remoteCause == sent.description)
    #expect(received.description.contains("root"))
    let plain = try pass(SerializationError(code, "what"))
    #expect(plain.neededByteCount == nil)
    #expect(plain.nearestMatch == nil)
  }

  @Test func foreignErrorsKeepTheirText() throws {
    let received = try pass(SerializationError(sending: Foreign()))
    #expect(received.code == .remote)
    #expect(received.remoteCause?.contains("Foreign") == true)
    let own = SerializationError(.tooSmall, "m", neededByteCount: 3)
    #expect(SerializationError(sending: own) == own)
  }

  @Test func longTextsAreCutAtACharacter() throws {
    let received = try pass(
      SerializationError(.remote, "x" + String(repeating: "ü", count: 10_000)))
    #expect(received.message.utf8.count == 4095)
    #expect(received.message.allSatisfy { $0 == "x" || $0 == "ü" })
  }

  @Test func truncatedErrorsAreMalformed() throws {
    var buffer = EncodeBuffer()
    SerializationError(.remote, "message", remoteCause: "cause").encode(into: &buffer)
    let bytes = buffer.array
    for length in bytes.indices {
      expectError(.malformed) {
        _ = try SerializationError(receivedFrom: Array(bytes[..<length]).span.bytes)
      }
    }
    expectError(.malformed) {
      _ = try SerializationError(receivedFrom: (bytes + [0]).span.bytes)
    }
  }

  @Test func descriptionIsOneLine() {
    let error = SerializationError(.remote, "a\nb", remoteCause: "c\r\nd")
    #expect(error.description == "remote: a | b (remote cause: c | d)")
  }

  private func pass(_ error: SerializationError) throws -> SerializationError {
    var buffer = EncodeBuffer()
    error.encode(into: &buffer)
    return try buffer.withBytes { bytes throws(SerializationError) in
      try SerializationError(receivedFrom: bytes)
    }
  }
}
