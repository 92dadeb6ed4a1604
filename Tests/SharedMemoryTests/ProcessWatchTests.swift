// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing
import TransportPeer

@testable import SharedMemory

@Suite(.timeLimit(.minutes(10))) struct ProcessWatchTests {
  private func point() throws -> (Segment, WaitPoint) {
    let segment = try Segment.create(byteCount: 4096, label: "watch")
    return (segment, WaitPoint(segment: segment, offset: 0))
  }

  /// Sleeps until a child that lives for two seconds has ended.
  /// - Returns: how often the sleeper looked.
  private func looksUntilTheEnd(
    peers: @escaping (Child) -> [Int32]?,
    wait: (WaitPoint, _ alive: () -> Bool, _ peers: () -> [Int32]?) -> Bool
  ) throws -> Int {
    let (segment, point) = try point()
    defer { withExtendedLifetime(segment) {} }
    let child = try Child("/bin/sleep", ["2"])
    var looks = 0
    let alive = {
      looks += 1
      return child.isRunning
    }
    let found = wait(point, alive, { peers(child) })
    #expect(!found)
    return looks
  }

  @Test func theEndOfAPeerWakesASleeperThatSeldomLooks() throws {
    try withWatchdog {
      let watched = try looksUntilTheEnd(peers: { [$0.pid] }) { point, alive, peers in
        point.wait(.park, timeout: .never, alive: alive, peers: peers, until: { false })
      }
      let several = try looksUntilTheEnd(peers: { [$0.pid] }) { point, alive, peers in
        WaitPoint.wait(
          atAll: [point], .park, timeout: .never, alive: alive, peers: peers, until: { false })
      }
      let unknown = try looksUntilTheEnd(peers: { _ in nil }) { point, alive, peers in
        point.wait(.park, timeout: .never, alive: alive, peers: peers, until: { false })
      }
      // After 50 ms, then every five seconds, and at the end; every 50 ms by one who knows no peer. A
      // machine that is busy wakes sleepers late, so only the order is sure.
      #expect(watched < 10 && several < 10)
      #expect(unknown > 2 * max(watched, several))
    }
  }

  @Test func aBellRingsForASleeperThatWatches() throws {
    try withWatchdog {
      let child = try Child("/bin/sleep", ["1000"])
      // A lost ring would be made good by the next look, seconds later; so may one be on a machine
      // that is very busy, but not every time.
      let looks = try (0..<5).map { _ in try looksUntilRung(watching: child) }
      #expect(looks.contains(1))
      child.kill()
      _ = child.wait()
    }
  }

  /// Sleeps until another thread rings, which it does after the first look.
  private func looksUntilRung(watching child: Child) throws -> Int {
    let (segment, point) = try point()
    point.expectParking()
    let (looked, word) = (segment.uint64(at: 128), segment.uint64(at: 256))
    let ringer = try NativeThread {
      while looked.loadAcquire() == 0 { usleep(1000) }
      // Long enough for the sleeper to sleep again.
      usleep(20_000)
      word.storeRelease(1)
      point.notify()
    }
    let found = point.wait(
      .park, timeout: .never,
      alive: {
        looked.add(1)
        return true
      }, peers: { [child.pid] }, until: { word.loadAcquire() == 1 })
    ringer.join()
    #expect(found)
    return withExtendedLifetime(segment) { Int(looked.loadAcquire()) }
  }

  @Test func vigilsSayWhoIsGone() throws {
    try withWatchdog {
      let (segment, point) = try point()
      defer { withExtendedLifetime(segment) {} }
      let child = try Child("/bin/sleep", ["1000"])
      let vigil = ProcessWatch.shared.vigil(over: [child.pid, getpid()], ringing: point)
      guard let vigil else {
        Issue.record("the kernel has no pidfd, or no membarrier")
        return
      }
      let endedBefore = vigil.hasEnded
      #expect(!endedBefore)
      let event = segment.uint32(at: 0).loadAcquire()
      child.kill()
      _ = child.wait()
      while segment.uint32(at: 0).loadAcquire() == event { usleep(1000) }
      let endedAfter = vigil.hasEnded
      #expect(endedAfter)
      // Reaped: its number is nobody's.
      let late = ProcessWatch.shared.vigil(over: [child.pid], ringing: point)
      let isRefused = late == nil
      #expect(isRefused)
    }
  }

  @Test func aVigilLetsGoOfItsDescriptors() throws {
    try withWatchdog {
      let (segment, point) = try point()
      defer { withExtendedLifetime(segment) {} }
      let child = try Child("/bin/sleep", ["1000"])
      let before = watchedProcesses()
      for _ in 0..<100 {
        _ = ProcessWatch.shared.vigil(over: [child.pid, child.pid], ringing: point)
        // The second is refused after the first was opened.
        let refused = ProcessWatch.shared.vigil(over: [child.pid, .max], ringing: point)
        let isRefused = refused == nil
        #expect(isRefused)
      }
      #expect(watchedProcesses() == before)
      child.kill()
      _ = child.wait()
    }
  }

  private func watchedProcesses() -> Int {
    let folder = "/proc/self/fd"
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return entries.count {
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
      return target?.contains("pidfd") ?? false
    }
  }
}
