// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import SharedMemory
import SystemPackage
import Testing
import TransportPeer

@Suite(.timeLimit(.minutes(10))) struct LivenessLockTests {
  private func isAlive(_ segment: Segment, _ party: Int) -> Bool {
    LivenessLock.isAlive(segment: segment, party: party)
  }

  @Test func aPartyLivesAsLongAsItsLock() throws {
    let segment = try Segment.create(byteCount: 1, label: "alive")
    #expect(!isAlive(segment, 3))
    let lock = try LivenessLock(segment: segment, party: 3)
    #expect(isAlive(segment, 3))
    #expect(!isAlive(segment, 2) && !isAlive(segment, 4))
    _ = consume lock
    #expect(!isAlive(segment, 3))
  }

  @Test func twoPartiesOfOneProcessAreToldApart() throws {
    let segment = try Segment.create(byteCount: 1, label: "alive")
    let other = try Segment.attach(descriptor: try ByteChannel.duplicate(segment.descriptor))
    let lock = try LivenessLock(segment: segment, party: 0)
    for view in [segment, other] {
      let error = #expect(throws: SharedMemoryError.self) {
        _ = try LivenessLock(segment: view, party: 0)
      }
      #expect(error?.errno == .resourceTemporarilyUnavailable)
    }
    let second = try LivenessLock(segment: other, party: 1)
    #expect(isAlive(segment, 0) && isAlive(segment, 1))
    // A dropped view of the segment takes nobody's lock with it, as a POSIX lock would.
    _ = consume other
    #expect(isAlive(segment, 0))
    _ = consume lock
    #expect(!isAlive(segment, 0) && isAlive(segment, 1))
    _ = consume second
  }

  /// As a process that another thread is just starting has copies of them, for a moment.
  @Test(arguments: [false, true])
  func onlyAnInheritableLockOutlivesItsHolderInCopies(isInheritable: Bool) throws {
    let segment = try Segment.create(byteCount: 1, label: "alive")
    let lock = try LivenessLock(segment: segment, party: 2, isInheritable: isInheritable)
    let copy = try ByteChannel.duplicate(lock.descriptor)
    _ = consume lock
    #expect(isAlive(segment, 2) == isInheritable)
    close(copy)
    #expect(!isAlive(segment, 2))
  }

  /// A system program that knows nothing of locks holds one by inheriting its descriptor.
  @Test(arguments: [SIGKILL, SIGTERM, SIGSEGV])
  func aKilledProcessReleasesItsLock(signal: CInt) throws {
    try withWatchdog {
      let segment = try Segment.create(byteCount: 1, label: "alive")
      let descriptor = weir_reopen(segment.descriptor)
      #expect(weir_lock_byte(descriptor, 5) == 0)
      let sleeper = try Child("/bin/sleep", ["1000"], descriptors: [descriptor])
      close(descriptor)
      #expect(isAlive(segment, 5))
      #expect(throws: SharedMemoryError.self) { _ = try LivenessLock(segment: segment, party: 5) }
      sleeper.kill(signal: signal)
      #expect(sleeper.wait() == .signalled(signal))
      #expect(!isAlive(segment, 5))
      _ = try LivenessLock(segment: segment, party: 5)
    }
  }

  @Test func aLockTakenInAnotherProcessIsSeenHere() throws {
    try withWatchdog {
      let segment = try Segment.create(byteCount: 1, label: "alive")
      let peer = try Child.peer(["lock", "9"], descriptors: [segment.descriptor])
      while peer.standardError.isEmpty && peer.isRunning {}
      #expect(peer.standardError == "locked\n")
      #expect(isAlive(segment, 9))
      peer.kill()
      #expect(peer.wait() == .signalled(SIGKILL))
      #expect(!isAlive(segment, 9))
    }
  }
}
