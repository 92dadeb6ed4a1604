// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// The plain queue, without a ring.
@Suite(.timeLimit(.minutes(10))) struct QueueTests {
  private func ends(
    _ serializer: String = "raw"
  ) throws -> (sender: QueueEnd, receiver: QueueEnd) {
    try Queue<Frame>.make(serializer: serializer)
  }

  @Test(arguments: ["small", "medium", "large", "raw"], [0, 8, 100, 300_000])
  func itemsArriveInOrderAndThenTheEnd(serializer: String, count: Int) throws {
    try withWatchdog {
      let ends = try ends(serializer)
      let total = count > 1000 ? 6 : 100
      let reader = try Worker {
        var receiver = try QueueReceiver<Frame>(ends.receiver)
        var received = 0
        while let frame = try receiver.get(timeout: patience).value {
          guard Payload.matches(frame, received, count: count) else { throw Stalled() }
          received += 1
        }
        // The end stays.
        guard Found(try receiver.get(timeout: .now)) == .ended else { throw Stalled() }
        return received
      }
      var sender = try QueueSender<Frame>(ends.sender)
      for number in 0..<total {
        #expect(
          try sender.put(Payload.frame(number, count: count), timeout: patience) == .published)
      }
      #expect(try sender.end(timeout: patience))
      #expect(try sender.end(timeout: patience), "twice is once")
      #expect(try reader.join() == total)
      #expect(thrownCode { _ = try sender.put(Payload.number(0)) } == .ended)
    }
  }

  @Test func aFullChannelIsAResultAndLosesNothing() throws {
    try withWatchdog {
      let ends = try ends()
      var sender = try QueueSender<Frame>(ends.sender)
      var receiver = try QueueReceiver<Frame>(ends.receiver)
      #expect(Found(try receiver.get(timeout: .now)) == .timedOut)
      #expect(Found(try receiver.get(timeout: .after(nanoseconds: 1_000_000))) == .timedOut)
      var taken = 0
      while try sender.put(Payload.frame(taken, count: 50_000), timeout: .now) == .published {
        taken += 1
      }
      #expect(taken > 1)
      let isFlushed = try sender.flush(timeout: .after(nanoseconds: 1_000_000))
      #expect(!isFlushed)
      for number in 0..<taken {
        // The last one goes out as the channel empties.
        _ = try sender.flush(timeout: .now)
        let frame = try #require(try receiver.get(timeout: patience).value)
        #expect(Payload.matches(frame, number, count: 50_000))
      }
      #expect(Found(try receiver.get(timeout: .now)) == .timedOut)
      #expect(sender.count == taken)
    }
  }

  @Test func aRefusedItemLeavesNothingBehind() throws {
    try withWatchdog {
      #expect(TroubledSerializer.isRegistered)
      let ends = try ends(TroubledSerializer.Fault.encodeSized.rawValue)
      var sender = try QueueSender<Frame>(ends.sender)
      var receiver = try QueueReceiver<Frame>(ends.receiver)
      for number in 0..<5 {
        let code = thrownCode { _ = try sender.put(TroubledSerializer.frame(number, count: 9)) }
        #expect(code == (number == 2 ? .serialization(TroubledSerializer.refusal) : nil))
      }
      for number in [0, 1, 3, 4] {
        let frame = try #require(try receiver.get(timeout: patience).value)
        #expect(Payload.matches(frame, number, count: 9))
      }
    }
  }

  @Test func closedEndsAreErrorsAndNotSilence() throws {
    try withWatchdog {
      let first = try ends()
      var sender = try QueueSender<Frame>(first.sender)
      do { _ = try QueueReceiver<Frame>(first.receiver) }
      #expect(thrownCode { _ = try sender.put(Payload.number(0)) } == .customerGone)
      let second = try ends()
      var receiver = try QueueReceiver<Frame>(second.receiver)
      var left = try QueueSender<Frame>(second.sender)
      _ = try left.put(Payload.number(7))
      _ = consume left
      #expect(try receiver.get(timeout: patience).value.map(Payload.number(of:)) == 7)
      #expect(thrownCode { _ = try receiver.get(timeout: patience) } == .producerGone)
    }
  }

  @Test func foreignBytesAreCorrupt() throws {
    try withWatchdog {
      let ends = try ends()
      var receiver = try QueueReceiver<Frame>(ends.receiver)
      let noise = [UInt8](repeating: 0x41, count: 64)
      #expect(write(ends.sender.descriptor, noise, noise.count) == noise.count)
      #expect(thrownCode { _ = try receiver.get(timeout: patience) } == .corrupt)
      close(ends.sender.descriptor)
    }
  }

  @Test func serializersAreCheckedWhenMade() throws {
    let unknown = thrownCode { _ = try Queue<Frame>.make(serializer: "pickle") }
    guard case .serialization = unknown else {
      Issue.record("an unknown serializer gave \(String(describing: unknown))")
      return
    }
    let unfit = thrownCode { _ = try Queue<CodableItem<String>>.make(serializer: "raw") }
    guard case .serialization = unfit else {
      Issue.record("an unfit serializer gave \(String(describing: unfit))")
      return
    }
  }
}
