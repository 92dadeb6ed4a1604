// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

/// A machine with processes and files of our own making.
private struct FakeMachine {
  let root: FakeRoot

  init() throws {
    root = try FakeRoot()
    for folder in ["/proc", "/dev/shm", "/runs/Results/host"] {
      try FileManager.default.createDirectory(
        atPath: root.path + folder, withIntermediateDirectories: true)
    }
  }

  func process(_ identifier: Int, parent: Int, _ arguments: [String]) throws {
    let folder = "/proc/\(identifier)"
    try root.write("Name:\tx\nPPid:\t\(parent)", to: "\(folder)/status")
    let line = arguments.map { $0 + "\0" }.joined()
    try Data(line.utf8).write(to: URL(fileURLWithPath: root.path + folder + "/cmdline"))
  }

  func open(_ path: String, as descriptor: Int, by process: Int) throws {
    let folder = root.path + "/proc/\(process)/fd"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder)/\(descriptor)", withDestinationPath: root.path + path)
  }

  var scan: LeftoverScan {
    var scan = LeftoverScan()
    scan.processes = root.path + "/proc"
    scan.segments = root.path + "/dev/shm"
    scan.results = [(root.path + "/runs", 0), (root.path + "/runs/Results", 3)]
    return scan
  }
}

@Suite struct LeftoverScanTests {
  private let worker = ["weir", "worker", "0", "producer", "stream/shm"]

  @Test func aWorkerOutlivesItsHarnessOnlyAsALeftover() throws {
    let machine = try FakeMachine()
    try machine.process(1, parent: 0, ["/sbin/init"])
    try machine.process(100, parent: 1, ["/usr/bin/weir", "run", "job.yaml"])
    try machine.process(101, parent: 100, worker)
    #expect(machine.scan.workers().isEmpty)
    try machine.process(102, parent: 1, worker)
    try machine.process(103, parent: 9999, worker)
    #expect(
      machine.scan.workers() == [
        .worker(102, arguments: worker), .worker(103, arguments: worker),
      ])
  }

  @Test(
    arguments: [
      ["weir", "worker"], ["weir", "worker", "x"], ["weir", "worker", "-1"],
      ["weir", "run", "0"], ["vim", "worker", "0"], ["/bin/weird", "worker", "0"], [],
    ])
  func othersAreNoWorkers(arguments: [String]) throws {
    let machine = try FakeMachine()
    try machine.process(50, parent: 1, arguments)
    #expect(machine.scan.workers().isEmpty)
  }

  @Test func aHarnessUnderAnotherNameIsKnownByTheBoard() throws {
    let machine = try FakeMachine()
    try machine.root.write("", to: "/board")
    try machine.process(200, parent: 1, ["weirPackageTests.xctest"])
    try machine.process(201, parent: 200, worker)
    try machine.open("/board", as: 3, by: 201)
    #expect(machine.scan.workers().count == 1, "the parent does not hold the board")
    try machine.open("/board", as: 17, by: 200)
    #expect(machine.scan.workers().isEmpty)
  }

  @Test func anotherUsersWorkerIsNotOurs() throws {
    let machine = try FakeMachine()
    try machine.process(300, parent: 1, worker)
    var scan = machine.scan
    scan.user += 1
    #expect(scan.workers().isEmpty)
  }

  @Test func segmentsGoWithTheirCreator() throws {
    let machine = try FakeMachine()
    try machine.process(100, parent: 1, ["weir", "run"])
    for name in ["weir-100-live", "weir-555-dead", "weir-x-odd", "weir-556", "other-555-dead"] {
      try machine.root.write("bytes", to: "/dev/shm/\(name)")
    }
    try FileManager.default.createSymbolicLink(
      atPath: machine.root.path + "/dev/shm/weir-557-link", withDestinationPath: "/etc/passwd")
    let path = machine.root.path + "/dev/shm/weir-555-dead"
    #expect(machine.scan.namedSegments() == [.segment(path: path, byteCount: 6)])
  }

  @Test func partialResultsGoWithTheirWriter() throws {
    let machine = try FakeMachine()
    try machine.process(100, parent: 1, ["weir", "run"])
    let stale = ["/runs/.a.json.555.tmp", "/runs/Results/host/.b.c.json.556.tmp"]
    let kept = [
      "/runs/.a.json.100.tmp", "/runs/a.json", "/runs/.a.json.tmp", "/runs/a.json.555.tmp",
      "/runs/.a.txt.555.tmp", "/runs/deep/.a.json.555.tmp",
    ]
    for name in stale + kept { try machine.root.write("{}", to: name) }
    #expect(
      machine.scan.partialResults() == stale.map { .partialResult(path: machine.root.path + $0) })
  }

  @Test func whatRunWriterWritesIsRecognised() throws {
    #expect(LeftoverScan.writer(of: ".out.json.77.tmp") == 77)
    #expect(LeftoverScan.writer(of: "..json.77.tmp") == 77)
    #expect(LeftoverScan.writer(of: ".out.json.0.tmp") == nil)
    #expect(LeftoverScan.writer(of: ".out.json.77.tmp2") == nil)
  }

  @Test func emptyMachinesHaveNoLeftovers() throws {
    var scan = LeftoverScan()
    (scan.processes, scan.segments) = ("/nowhere", "/nowhere")
    scan.results = [("/nowhere", 3)]
    #expect(scan.leftovers().isEmpty)
  }

  @Test func aDescriptionIsOneLine() {
    let leftover = Leftover.worker(5, arguments: ["weir", "worker", "0", "a\nb\u{1b}[31m"])
    #expect(leftover.description == "worker 5 (weir worker 0 a?b?[31m)")
  }
}

@Suite struct CleanerTests {
  /// A process that does not call itself a worker, so that nobody else cleans it up.
  private func sleeper() throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sleep")
    process.arguments = ["60"]
    try process.run()
    return process
  }

  @Test func aWorkerIsKilledOnlyWhileItIsStillOne() throws {
    let machine = try FakeMachine()
    let process = try sleeper()
    defer { process.terminate() }
    let identifier = process.processIdentifier
    let arguments = ["weir", "worker", "0", "producer"]
    let leftover = Leftover.worker(identifier, arguments: arguments)
    try machine.process(Int(identifier), parent: 1, ["another", "program"])
    #expect(Cleaner(machine.scan).remove(leftover) == .gone)
    #expect(process.isRunning, "a number given to another program kills nobody")
    try machine.process(Int(identifier), parent: 1, arguments)
    #expect(Cleaner(machine.scan).remove(leftover) == .removed)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(Cleaner(machine.scan).remove(leftover) == .gone)
  }

  @Test func filesAreRemovedOnce() throws {
    let machine = try FakeMachine()
    try machine.root.write("x", to: "/dev/shm/weir-555-dead")
    let found = machine.scan.leftovers()
    #expect(found.count == 1)
    let cleaner = Cleaner(machine.scan)
    #expect(found.map(cleaner.remove) == [.removed])
    #expect(found.map(cleaner.remove) == [.gone])
    #expect(machine.scan.leftovers().isEmpty)
  }

  @Test func whatCannotBeRemovedIsSaid() throws {
    let machine = try FakeMachine()
    // A directory is the one thing that unlink refuses to root as well.
    let outcome = Cleaner(machine.scan).remove(
      .partialResult(path: machine.root.path + "/runs"))
    guard case .refused(let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(!reason.isEmpty)
  }
}
