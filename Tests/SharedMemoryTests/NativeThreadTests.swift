// SPDX-License-Identifier: Apache-2.0
import SharedMemory
import Synchronization
import Testing
import TransportPeer

@Suite(.timeLimit(.minutes(10))) struct NativeThreadTests {
  @Test func joiningSeesWhatTheThreadDid() throws {
    try withWatchdog {
      let done = Shared()
      let thread = try NativeThread { done.count.add(1, ordering: .relaxed) }
      thread.join()
      #expect(done.count.load(ordering: .relaxed) == 1)
    }
  }

  @Test func anUnjoinedThreadRunsOn() throws {
    try withWatchdog {
      let done = Shared()
      do {
        _ = try NativeThread {
          while done.count.load(ordering: .acquiring) == 0 {}
          done.count.add(1, ordering: .releasing)
        }
      }
      done.count.store(1, ordering: .releasing)
      while done.count.load(ordering: .acquiring) != 2 {}
    }
  }

  @Test func manyThreadsLeaveNothingBehind() throws {
    try withWatchdog {
      let done = Shared()
      for _ in 0..<500 {
        try NativeThread { done.count.add(1, ordering: .relaxed) }.join()
      }
      #expect(done.count.load(ordering: .relaxed) == 500)
    }
  }

  private final class Shared: Sendable {
    let count = Atomic(0)
  }
}
