// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct BuildInfoCurrentTests {
  private static let hasGit = SystemProbe().tool("git") != nil

  private func git(_ arguments: [String], in directory: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.invalid"]
    process.arguments = ["git", "-C", directory] + identity + arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "git \(arguments)")
  }

  @Test(.enabled(if: hasGit, "git is not installed"))
  func aCheckoutGivesCommitAndState() throws {
    let root = try FakeRoot(["/Package.swift": "", "/.gitignore": ".build"])
    try git(["init", "--quiet"], in: root.path)
    let executable = root.path + "/.build/debug/weir"
    let unborn = BuildInfo.current(version: "1", executable: executable)
    #expect(unborn.commit == nil, "there is no commit yet")
    try git(["add", "."], in: root.path)
    try git(["commit", "--quiet", "-m", "one"], in: root.path)
    let clean = BuildInfo.current(version: "1", executable: executable)
    #expect(clean.commit?.count == 40)
    #expect(clean.dirty == false)
    try root.write("changed", to: "/Package.swift")
    let dirty = BuildInfo.current(version: "1", executable: executable)
    #expect(dirty.commit == clean.commit)
    #expect(dirty.dirty == true)
  }

  @Test(.enabled(if: hasGit, "git is not installed"))
  func aBuildThatIsOlderThanItsSourcesIsOfNoCommit() throws {
    let root = try FakeRoot([
      "/Package.swift": "", "/.gitignore": ".build", "/Sources/A/A.swift": "let a = 1",
      "/.build/debug/weir": "",
    ])
    try git(["init", "--quiet"], in: root.path)
    try git(["add", "."], in: root.path)
    try git(["commit", "--quiet", "-m", "one"], in: root.path)
    let executable = root.path + "/.build/debug/weir"
    func isDirty(built: TimeInterval) throws -> Bool? {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: built)], ofItemAtPath: executable)
      return BuildInfo.current(version: "1", executable: executable).dirty
    }
    #expect(try isDirty(built: 60) == false)
    #expect(try isDirty(built: -60) == true)
  }

  @Test func aHomeUnderGitIsNoPackage() throws {
    let root = try FakeRoot(["/.git/HEAD": "ref: refs/heads/main", "/bin/weir": ""])
    #expect(Checkout(holding: root.path + "/bin/weir") == nil)
  }

  @Test func whatCannotBeToldIsNil() throws {
    let broken = try FakeRoot(["/.git/HEAD": "damage", "/Package.swift": ""])
    for executable in [broken.path + "/.build/weir", "/nowhere/weir", "weir", ""] {
      let info = BuildInfo.current(version: "9.9", executable: executable)
      #expect(info.version == "9.9")
      #expect(info.commit == nil || executable.isEmpty || executable == "weir")
    }
  }

  @Test func theConfigurationIsThatOfThisBuild() {
    let info = BuildInfo.current(version: "1")
    #if DEBUG
      #expect(info.configuration == "debug")
    #else
      #expect(info.configuration == "release")
    #endif
    #expect(info.swift.hasPrefix("6."))
  }
}
