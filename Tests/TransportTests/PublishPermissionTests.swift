// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import Testing
import TransportPeer

@testable import SharedMemory
@testable import Transport

/// The directory of names is its user's alone, and so are the rings.
@Suite(.timeLimit(.minutes(10))) struct PublishPermissionTests {
  let scratch = NameScratch()

  private func publishCode() -> (code: SharedMemoryError.Code?, says: String) {
    var says = ""
    let code = memoryCode {
      var producer = try Producer.make()
      do {
        try producer.publish(as: "camera0", serializer: "raw", in: scratch.directory)
      } catch {
        says = "\(error)"
        throw error
      }
    }
    return (code, says)
  }

  @Test func theDirectoryIsMadePrivate() throws {
    #expect(publishCode().code == nil)
    var status = stat()
    #expect(stat(scratch.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    var producer = try Producer.make()
    try producer.publish(as: "camera0", serializer: "raw", in: scratch.directory)
    #expect(stat(scratch.directory.file("camera0"), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func aDirectoryThatOthersMayUseIsRefused() throws {
    #expect(publishCode().code == nil)
    for mode in [0o701, 0o770, 0o777] as [mode_t] {
      chmod(scratch.path, mode)
      let (code, says) = publishCode()
      #expect(code == .notPermitted && says.contains("chmod 700"), "\(says)")
      #expect(memoryCode { _ = try attach() } == .notPermitted)
    }
  }

  private func attach() throws {
    _ = try Customer<Frame>(attaching: "camera0", in: scratch.directory)
  }

  @Test func whatIsNoDirectoryIsRefused() throws {
    let target = NameScratch()
    mkdir(target.path, 0o700)
    symlink(target.path, scratch.path)
    #expect(publishCode().code == .notPermitted)
    unlink(scratch.path)
    _ = FileManager.default.createFile(atPath: scratch.path, contents: nil)
    let (code, says) = publishCode()
    #expect(code == .notPermitted && says.contains(RuntimeDirectory.variable))
  }

  @Test func aDirectoryIsNotMadeInAnAbsentOne() throws {
    let deep = RuntimeDirectory(path: scratch.path + "/a/b")
    var producer = try Producer.make()
    let complaint = complaint {
      try producer.publish(as: "camera0", serializer: "raw", in: deep)
    }
    #expect(complaint.contains("mkdir") && complaint.contains(RuntimeDirectory.variable))
  }

  @Test(.enabled(if: geteuid() == 0, "needs root, to become another user"))
  func aUserWithoutPermissionIsToldSo() throws {
    try withWatchdog(seconds: 120) {
      var producer = try Producer.make()
      try producer.publish(as: "camera0", serializer: "raw", in: scratch.directory)
      let stranger = try scratch.customer("camera0", limit: 0, mode: "nobody")
      #expect(stranger.wait() == .exited(1))
      #expect(stranger.standardError.contains("belongs to user 0, not to you (user 65534)"))
      // The record alone, in a directory of the stranger's, opens nothing either.
      let theirs = NameScratch()
      mkdir(theirs.path, 0o700)
      let text = try String(contentsOfFile: scratch.directory.file("camera0"), encoding: .utf8)
      let file = theirs.directory.file("camera0")
      try text.write(toFile: file, atomically: false, encoding: .utf8)
      let descriptor = open(file, O_RDWR | O_CLOEXEC)
      defer { close(descriptor) }
      #expect(lockFirstByte(descriptor))
      #expect(chown(file, 65534, 65534) == 0 && chown(theirs.path, 65534, 65534) == 0)
      let other = try theirs.customer("camera0", limit: 0, mode: "nobody")
      #expect(other.wait() == .exited(1))
      #expect(other.standardError.contains("may not be looked into"), "\(other.standardError)")
      _ = consume producer
    }
  }

  private func lockFirstByte(_ descriptor: CInt) -> Bool {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_len = 1
    let setLockOfOpenFile: CInt = 37
    return fcntl(descriptor, setLockOfOpenFile, &lock) == 0
  }
}
