// SPDX-License-Identifier: Apache-2.0
import Glibc
import SharedMemory
import Testing
import TransportPeer

@Suite(.timeLimit(.minutes(10))) struct ByteChannelTests {
  @Test func bytesCrossInOrder() throws {
    try withWatchdog {
      let (left, right) = try ByteChannel.makePair()
      let sender = ByteChannel(owning: left)
      let reader = try Worker {
        let channel = ByteChannel(owning: right)
        var buffer = ByteBuffer()
        var sleepers = DescriptorSet()
        var (expected, wrong) = (UInt64(0), 0)
        while true {
          switch channel.receive(into: &buffer, limit: 4096) {
          case .moved: break
          case .wouldBlock:
            sleepers.removeAll()
            sleepers.add(channel.descriptor)
            sleepers.wait(timeoutNanoseconds: -1)
          case .closed: return (expected, wrong)
          }
          while buffer.count >= 8 {
            if buffer.word(at: 0) != expected { wrong += 1 }
            buffer.consume(8)
            expected += 1
          }
        }
      }
      var buffer = ByteBuffer()
      var sleepers = DescriptorSet()
      for word in 0..<UInt64(500_000) {
        buffer.append(word)
        if word % 1000 != 999 { continue }
        while !buffer.isEmpty {
          guard sender.send(from: &buffer) == .wouldBlock else { continue }
          sleepers.removeAll()
          let place = sleepers.add(sender.descriptor, forWriting: true)
          #expect(ready(&sleepers, place, within: -1))
        }
      }
      _ = consume sender
      let (count, wrong) = try reader.join()
      #expect(count == 500_000 && wrong == 0)
    }
  }

  @Test func nothingToReadIsNoError() throws {
    let (left, right) = try ByteChannel.makePair()
    let one = ByteChannel(owning: left)
    let other = ByteChannel(owning: right)
    var buffer = ByteBuffer()
    #expect(one.receive(into: &buffer, limit: 10) == .wouldBlock)
    #expect(buffer.isEmpty == true)
    buffer.append(5)
    #expect(other.send(from: &buffer) == .moved(byteCount: 8))
    #expect(one.receive(into: &buffer, limit: 3) == .moved(byteCount: 3))
    #expect(one.receive(into: &buffer, limit: 100) == .moved(byteCount: 5))
    #expect(buffer.word(at: 0) == 5)
  }

  @Test func aFullChannelBlocksAndAClosedOneSaysSo() throws {
    let (left, right) = try ByteChannel.makePair()
    let one = ByteChannel(owning: left)
    let other = ByteChannel(owning: right)
    var buffer = ByteBuffer()
    for word in 0..<UInt64(1 << 20) { buffer.append(word) }
    var outcome = one.send(from: &buffer)
    while case .moved = outcome { outcome = one.send(from: &buffer) }
    #expect(outcome == .wouldBlock)
    #expect(buffer.isEmpty == false)
    // What was sent before the close is still delivered to the other end.
    _ = consume one
    var received = ByteBuffer()
    while case .moved = other.receive(into: &received, limit: 1 << 16) {}
    #expect(other.receive(into: &received, limit: 1) == .closed)
    #expect(received.count + buffer.count == 8 << 20)
    #expect(other.send(from: &buffer) == .closed)
  }

  @Test func descriptorsAreClosedOnExec() throws {
    let (left, right) = try ByteChannel.makePair()
    let copy = try ByteChannel.duplicate(left)
    let bell = try Doorbell()
    for descriptor in [left, right, copy, bell.descriptor] {
      #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    }
    for descriptor in [left, right, copy] { close(descriptor) }
    let error = #expect(throws: SharedMemoryError.self) { try ByteChannel.duplicate(-1) }
    #expect(error?.code == .systemCall("fcntl(F_DUPFD)"))
  }

  @Test func aBellRingsUntilSilenced() throws {
    let bell = try Doorbell()
    var sleepers = DescriptorSet()
    let place = sleepers.add(bell.descriptor)
    #expect(!ready(&sleepers, place, within: 0))
    bell.silence()  // Nothing to forget.
    bell.ring()
    bell.ring()
    #expect(ready(&sleepers, place, within: -1))
    bell.silence()
    #expect(!ready(&sleepers, place, within: 0))
  }

  private func ready(_ set: inout DescriptorSet, _ place: Int, within nanoseconds: Int64) -> Bool {
    let found = set.wait(timeoutNanoseconds: nanoseconds)
    // What the wait says of the set and of the descriptor agrees.
    return found && set.isReady(place)
  }

  @Test func waitingTakesAsLongAsAsked() throws {
    let bell = try Doorbell()
    var sleepers = DescriptorSet()
    sleepers.add(bell.descriptor)
    let before = MonotonicTime.nanoseconds()
    let isReady = sleepers.wait(timeoutNanoseconds: 20_000_000)
    #expect(!isReady)
    #expect(MonotonicTime.nanoseconds() - before >= 20_000_000)
  }
}
