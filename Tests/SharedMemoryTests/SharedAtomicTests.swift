// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Testing
import TransportPeer

@Suite(.timeLimit(.minutes(10))) struct SharedAtomicTests {
  @Test func wordsHoldWhatWasStored() throws {
    let segment = try Segment.create(byteCount: 64, label: "atomics")
    defer { withExtendedLifetime(segment) {} }
    let wide = segment.uint64(at: 8)
    let narrow = segment.uint32(at: 4)
    #expect(wide.loadRelaxed() == 0 && narrow.loadRelaxed() == 0)
    wide.storeRelease(.max)
    narrow.storeRelease(7)
    #expect(wide.loadAcquire() == .max && narrow.loadAcquire() == 7)
    #expect(wide.add(1) == 0)
    #expect(narrow.add(.max) == 6)
    #expect(narrow.exchange(9) == 6)
    #expect(!narrow.compareExchange(expected: 6, desired: 1))
    #expect(narrow.compareExchange(expected: 9, desired: 1))
    #expect(!wide.compareExchange(expected: 1, desired: 2))
    #expect(wide.compareExchange(expected: 0, desired: 2))
    #expect(wide.loadRelaxed() == 2 && narrow.loadRelaxed() == 1)
    // Neighbours are untouched.
    #expect(segment.uint32(at: 0).loadRelaxed() == 0 && segment.uint64(at: 16).loadRelaxed() == 0)
  }

  @Test func noAdditionOfTwoThreadsIsLost() throws {
    try withWatchdog {
      let segment = try Segment.create(byteCount: 64, label: "atomics")
      defer { withExtendedLifetime(segment) {} }
      let (wide, narrow) = (segment.uint64(at: 0), segment.uint32(at: 8))
      let rounds = 100_000
      let adder = try Worker {
        for _ in 0..<rounds {
          wide.add(1)
          narrow.add(1)
        }
      }
      for _ in 0..<rounds {
        wide.add(1)
        narrow.add(1)
      }
      try adder.join()
      #expect(wide.loadRelaxed() == UInt64(2 * rounds))
      #expect(narrow.loadRelaxed() == UInt32(2 * rounds))
    }
  }

  /// Release and acquire: what was written before the flag is there after it.
  @Test func releasePublishesEarlierBytes() throws {
    try withWatchdog {
      let segment = try Segment.create(byteCount: 4096, label: "atomics")
      defer { withExtendedLifetime(segment) {} }
      let (flag, back) = (segment.uint64(at: 0), segment.uint64(at: 128))
      let bytes = segment.bytes(at: 256, count: 64)
      let rounds: UInt64 = 20_000
      let reader = try Worker {
        var torn = 0
        for round in 1...rounds {
          while flag.loadAcquire() != round {}
          bytes.read(offset: 0, count: 64) { span in
            for offset in 0..<64
            where span.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
              != UInt8(truncatingIfNeeded: round)
            { torn += 1 }
          }
          back.storeRelease(round)
        }
        return torn
      }
      for round in 1...rounds {
        bytes.write(offset: 0, count: 64) { span in
          for offset in 0..<64 {
            span.storeBytes(
              of: UInt8(truncatingIfNeeded: round), toByteOffset: offset, as: UInt8.self)
          }
        }
        flag.storeRelease(round)
        while back.loadAcquire() != round {}
      }
      let torn = try reader.join()
      #expect(torn == 0)
    }
  }
}
