// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory

/// Why a peer cannot be talked to.
enum PeerFailure: Error, CustomStringConvertible, Sendable {
  case hung
  case gone(String)
  case cannotStart(String)

  var description: String {
    switch self {
    case .hung: "its process does not answer"
    case .gone(let words): "its process is gone (\(words))"
    case .cannotStart(let reason): "no process could be started: \(reason)"
    }
  }
}

/// Messages over a byte channel: size of the text and of the payload, as words, then both.
struct PeerLink: ~Copyable {
  private let channel: ByteChannel
  private var inbound = ByteBuffer(capacity: 8192)
  private var outbound = ByteBuffer(capacity: 8192)

  init(owning descriptor: CInt) { channel = ByteChannel(owning: descriptor) }

  var descriptor: CInt { channel.descriptor }

  /// - Parameter deadline: of ``MonotonicTime``; `.max` for none.
  mutating func send(
    _ message: some Encodable, _ payload: Data? = nil, deadline: Int64
  ) throws(PeerFailure) {
    guard let text = try? JSONEncoder().encode(message) else {
      throw .gone("a message that cannot be written")
    }
    outbound.append(UInt64(text.count))
    outbound.append(UInt64(payload?.count ?? 0))
    outbound.append(text.bytes)
    if let payload { outbound.append(payload.bytes) }
    while !outbound.isEmpty {
      switch channel.send(from: &outbound) {
      case .moved: continue
      case .wouldBlock: try waitUntilReady(writing: true, deadline)
      case .closed: throw .gone("its channel is closed")
      }
    }
  }

  mutating func receive<Message: Decodable>(
    _ type: Message.Type, deadline: Int64
  ) throws(PeerFailure) -> (Message, Data) {
    while true {
      if inbound.count >= 16 {
        let (text, payload) = (Int(inbound.word(at: 0)), Int(inbound.word(at: 8)))
        if inbound.count >= 16 + text + payload {
          let head = copy(16, text)
          let rest = copy(16 + text, payload)
          inbound.consume(16 + text + payload)
          guard let message = try? JSONDecoder().decode(type, from: head) else {
            throw .gone("a message that cannot be read")
          }
          return (message, rest)
        }
      }
      switch channel.receive(into: &inbound, limit: 1 << 16) {
      case .moved: continue
      case .wouldBlock: try waitUntilReady(writing: false, deadline)
      case .closed: throw .gone("its channel is closed")
      }
    }
  }

  private func copy(_ offset: Int, _ count: Int) -> Data {
    inbound.read(offset: offset, count: count) { span in
      unsafe span.withUnsafeBytes { unsafe Data($0) }
    }
  }

  private func waitUntilReady(writing: Bool, _ deadline: Int64) throws(PeerFailure) {
    var sleepers = DescriptorSet()
    sleepers.add(channel.descriptor, forWriting: writing)
    if deadline == .max {
      sleepers.wait(timeoutNanoseconds: -1)
      return
    }
    let left = deadline - MonotonicTime.nanoseconds()
    guard left > 0 else { throw .hung }
    sleepers.wait(timeoutNanoseconds: left)
  }
}
