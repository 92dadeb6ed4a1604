// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Testing
import TransportPeer

@testable import weir

/// The real command beside a real producer of another process.
@Suite(.timeLimit(.minutes(2))) struct InspectCommandTests {
  /// A producer of a ring `camera0`, in a directory of names of its own.
  private struct Camera {
    let scratch = try! Scratch()
    let child: Child

    init() throws {
      chmod(scratch.path, 0o700)
      child = try Child.peer(["publish", scratch.path, "camera0", "16", "200", "-1", "block"])
      while child.isRunning, !child.standardError.contains("published") { usleep(1000) }
    }

    func weir(_ arguments: [String]) throws -> WeirProcess {
      try WeirProcess(arguments, environment: ["WEIR_RUNTIME_DIR": scratch.path])
    }
  }

  @Test func aRingIsShownByNameAndByProcess() throws {
    let camera = try Camera()
    for target in ["camera0", "\(camera.child.pid)"] {
      let weir = try camera.weir(["inspect", target])
      #expect(weir.status == 0)
      #expect(weir.output.contains("camera0: open, process \(camera.child.pid)"), "\(weir.output)")
      #expect(weir.output.contains(" of 16, arena 4KiB,"), "\(weir.output)")
    }
    let json = try camera.weir(["inspect", "camera0", "--json"]).json
    #expect(json["schema"] as? String == "weir-inspect/1")
    let ring = try #require((json["rings"] as? [[String: Any]])?.first)
    #expect(ring["name"] as? String == "camera0" && ring["state"] as? String == "open")
    let counts = try #require(ring["counts"] as? [String: Any])
    #expect(counts["capacity"] as? Int == 16 && counts["serializer"] as? String == "raw")
    #expect(counts["arena_bytes"] as? Int == 4096)
    #expect(try camera.weir(["inspect"]).output.contains("camera0: open"))
  }

  @Test func whatIsNotThereIsAUsageError() throws {
    let camera = try Camera()
    let wrong = try camera.weir(["inspect", "camrea0"])
    #expect(wrong.status == 64 && wrong.refusedInOneLine, "\(wrong.errors)")
    #expect(wrong.errors.contains("did you mean 'camera0'?"))
    let process = try camera.weir(["inspect", "2147483647"])
    #expect(process.status == 64 && process.refusedInOneLine)
    #expect(process.errors.contains("has no ring open"))
    let name = try camera.weir(["inspect", "a/b"])
    #expect(name.status == 64 && name.errors.contains("use 1 to 64 of"))
    #expect(try camera.weir(["inspect", "--watch", "0"]).status == 64)
  }

  @Test func aStaleNameIsShownAndCleaned() throws {
    let camera = try Camera()
    camera.child.kill()
    _ = camera.child.wait()
    let stale = try camera.weir(["inspect", "camera0"])
    #expect(stale.status == 0)
    #expect(stale.output.contains("camera0: stale, process \(camera.child.pid)"))
    #expect(try camera.weir(["clean", "-n"]).output.contains("found name camera0 in "))
    let clean = try camera.weir(["clean"])
    #expect(clean.output.contains("removed name camera0 in "))
    #expect(clean.output.contains(", 1 name, "))
    #expect(try camera.weir(["inspect", "camera0"]).status == 64)
  }

  /// Off a terminal: one snapshot per interval, with rates from the second on, until interrupted.
  @Test func watchingGoesOnUntilInterrupted() throws {
    let camera = try Camera()
    let scratch = try Scratch()
    let file = try scratch.file("output")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try WeirProcess.path())
    process.arguments = ["inspect", "camera0", "--watch", "0.1"]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["WEIR_RUNTIME_DIR": camera.scratch.path]) { $1 }
    process.standardOutput = file
    try process.run()
    var text = ""
    while process.isRunning, text.components(separatedBy: "camera0: open").count < 4 {
      usleep(10_000)
      text = try scratch.text("output")
    }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(text.contains(" items/s"))
    let first = text.components(separatedBy: "camera0: open")[1]
    #expect(!first.contains("items/s"), "nothing is known at the first look")
  }
}
