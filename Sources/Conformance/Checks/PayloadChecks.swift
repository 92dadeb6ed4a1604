// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Serialization
internal import SharedMemory
internal import Transport

/// What arrives is what was put, bit for bit, and stays so.
enum PayloadChecks {
  static let all = [
    Check(
      "payloads", "every data type, shape, layout and kind of metadata arrives bit for bit",
      axes: [.serializer, .context], payloads),
    Check(
      "payload-huge", "a payload above 2 GiB arrives", axes: [], serializers: ["large"],
      patienceSeconds: 600, huge),
    Check(
      "snapshot", "what was put is what it was at the put", axes: [.serializer, .context], snapshot),
    Check(
      "borrow", "what a customer got stays valid and unchanged until next",
      axes: [.serializer, .context, .backpressure], borrow),
  ]

  static func payloads(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 4, itemByteCount: 8192)
    let customer = try sender.customer()
    let end = try customer.attached()
    let isWhole = try carriesFrames(stage)
    for (name, frame) in try stage.samples() {
      let result = try stage.doing("put \(name)") { () throws(TransportError) in
        try sender.end.put(frame, timeout: Stage.patience)
      }
      try stage.expect(result, .published, "the put of \(name)")
      let got = try stage.doing("get \(name)") { () throws(TransportError) in
        try end.get(timeout: Stage.patience).value
      }
      let same = isWhole ? got == frame : got?.bytes == frame.bytes
      try stage.expect(same, "\(name) as it was put", found: "\(got.map { "\($0)" } ?? "nothing")")
      end.next()
    }
  }

  private static func carriesFrames(_ stage: Stage) throws(Violation) -> Bool {
    if stage.example.store == .list { return true }
    do throws(SerializationError) {
      let serializer = try SerializerRegistry.standard.serializer(named: stage.example.serializer)
      return serializer.capabilities.contains(.frames)
    } catch {
      throw stage.violation("a known serializer", "\(error)")
    }
  }

  /// Bytes above 2 GiB: the size that 32-bit lengths cannot say.
  static let hugeByteCount = (1 << 31) + 4099

  static func huge(_ stage: Stage) throws(Violation) {
    guard stage.effort.isHuge else { return }
    let sender = try stage.sender(capacity: 1, itemByteCount: hugeByteCount)
    let customer = try sender.customer()
    let end = try customer.attached()
    var bytes = Data(count: hugeByteCount)
    let places = [0, 1 << 20, 1 << 30, (1 << 31) - 1, 1 << 31, hugeByteCount - 1]
    for (index, place) in places.enumerated() { bytes[place] = UInt8(index + 1) }
    let frame = try stage.frame(.uint8, [hugeByteCount], bytes)
    let result = try stage.doing("put 2 GiB") { () throws(TransportError) in
      try sender.end.put(frame, timeout: Stage.patience)
    }
    try stage.expect(result, .published, "the put of 2 GiB")
    let got = try stage.doing("get 2 GiB") { () throws(TransportError) in
      try end.get(timeout: .after(.seconds(300))).value
    }
    try stage.expect(got?.bytes == bytes, "2 GiB as they were put", found: "other bytes")
  }

  static func snapshot(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 8)
    let customer = try sender.customer()
    let end = try customer.attached()
    for size in [8, 100, 113, 3000] {
      var frame = Specimen.frame(1, byteCount: size)
      let original = frame.bytes
      for _ in 0..<4 {
        _ = try stage.doing("put") { () throws(TransportError) in
          try sender.end.put(frame, timeout: Stage.patience)
        }
        // As a camera's driver does with its buffer.
        frame.withMutableBytes { span in
          for offset in 0..<span.byteCount {
            span.storeBytes(
              of: UInt8(truncatingIfNeeded: offset), toByteOffset: offset, as: UInt8.self)
          }
        }
        let got = try stage.doing("get") { () throws(TransportError) in
          try end.get(timeout: Stage.patience).value
        }
        try stage.expect(
          got?.bytes == original, "\(size) bytes as they were at the put",
          found: got?.bytes == frame.bytes ? "the bytes written after it" : "other bytes")
        end.next()
        frame = Specimen.frame(1, byteCount: size)
      }
    }
  }

  static func borrow(_ stage: Stage) throws(Violation) {
    let sender = try stage.sender(capacity: 3)
    let customer = try sender.customer()
    let end = try customer.attached()
    var number = 0
    var due = 0
    for _ in 0..<12 {
      // Fill up, and try for more than there is room for.
      for _ in 0..<6 {
        if try sender.attempt(number) == .published { number += 1 }
      }
      let first = try stage.doing("get") { () throws(TransportError) in
        try end.get(timeout: Stage.patience).value
      }
      for _ in 0..<4 { _ = try sender.attempt(1_000_000) }
      try customer.expect(.item(due), "the item that is borrowed, after puts into a full ring")
      try stage.expect(
        first.flatMap(Specimen.number(of:)), due, "the item got first, after more puts")
      end.next()
      try stage.expect(
        first.flatMap(Specimen.number(of:)), due, "the value got, after next")
      due += 1
    }
  }
}
