// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import Testing
import TransportPeer

@testable import SharedMemory
@testable import Transport

/// Names: who has one, who may take it, and what is said when one cannot.
@Suite(.timeLimit(.minutes(10))) struct PublishTests {
  let scratch = NameScratch()

  private func publish(_ producer: inout Producer<Frame>, _ name: String) throws {
    try producer.publish(as: name, serializer: "raw", in: scratch.directory)
  }

  private func attach(_ name: String) throws {
    _ = try Customer<Frame>(attaching: name, in: scratch.directory)
  }

  @Test func aNameLastsAsLongAsItsProducer() throws {
    var producer = try Producer.make()
    try publish(&producer, "camera0")
    #expect(try scratch.directory.names() == ["camera0"])
    let name = producer.name
    #expect(name == "camera0")
    let code = memoryCode {
      var other = try Producer.make()
      try publish(&other, "camera0")
    }
    #expect(code == .nameTaken)
    try attach("camera0")
    _ = consume producer
    #expect(try scratch.directory.names() == [])
    var next = try Producer.make()
    try publish(&next, "camera0")
    try attach("camera0")
  }

  @Test func aRingHasOneName() throws {
    var producer = try Producer.make()
    try publish(&producer, "first")
    let code = thrownCode { try publish(&producer, "second") }
    #expect(code == .unsupported)
    #expect(try scratch.directory.names() == ["first"])
  }

  @Test(
    arguments: [
      "", ".", "..", ".hidden", "a/b", "a b", "ä", "a\n", String(repeating: "x", count: 65),
      "a\u{0}b",
    ])
  func namesThatAreNone(name: String) throws {
    var producer = try Producer.make()
    let code = memoryCode { try publish(&producer, name) }
    #expect(code == .invalidArgument)
    #expect(memoryCode { try attach(name) } == .invalidArgument)
    let complaint = complaint { try attach(name) }
    #expect(complaint.contains("use 1 to 64") && !complaint.contains { $0.isNewline })
  }

  @Test(arguments: ["a", "A-Z_0.9", "-", String(repeating: "x", count: 64)])
  func namesThatAre(name: String) throws {
    var producer = try Producer.make()
    try publish(&producer, name)
    try attach(name)
  }

  @Test func anAbsentNameIsAnsweredWithTheNearest() throws {
    #expect(memoryCode { try attach("camera0") } == .nameAbsent)
    #expect(complaint { try attach("camera0") }.contains("start its producer"))
    var producer = try Producer.make()
    try publish(&producer, "camera0")
    #expect(memoryCode { try attach("camrea0") } == .nameAbsent)
    #expect(complaint { try attach("camrea0") }.contains("did you mean 'camera0'?"))
  }

  @Test func aStaleNameIsToldAndTakenOver() throws {
    try withWatchdog(seconds: 120) {
      let child = try scratch.producer("camera0", count: -1, mode: "block-wait")
      child.kill()
      _ = child.wait()
      #expect(try scratch.directory.names() == ["camera0"], "killed: nobody removed it")
      #expect(memoryCode { try attach("camera0") } == .nameStale)
      #expect(complaint { try attach("camera0") }.contains("process \(child.pid)"))
      var producer = try Producer.make()
      try publish(&producer, "camera0")
      try attach("camera0")
      let removed = try PublishedName.removeStale("camera0", in: scratch.directory)
      #expect(!removed, "it has an owner again")
      _ = consume producer
      #expect(try scratch.directory.names() == [])
    }
  }

  @Test func aStaleNameCanBeRemoved() throws {
    try withWatchdog(seconds: 120) {
      let child = try scratch.producer("camera0", mode: "block-wait")
      #expect(try !PublishedName.removeStale("camera0", in: scratch.directory))
      child.kill()
      _ = child.wait()
      #expect(try PublishedName.removeStale("camera0", in: scratch.directory))
      #expect(try scratch.directory.names() == [])
      #expect(try !PublishedName.removeStale("camera0", in: scratch.directory))
    }
  }

  /// Threads of one process race as processes do: the lock belongs to the open file. Each winner
  /// lets go at once, so files vanish under the others' hands all the time.
  @Test func ofThoseThatRaceForANameOneWins() throws {
    try withWatchdog(seconds: 120) {
      let scratch = scratch
      let inside = SharedCount()
      let workers = try (0..<4).map { _ in
        Box(
          try Worker {
            var wins = 0
            for _ in 0..<300 {
              var producer = try Producer.make(capacity: 1, customerLimit: 1)
              do throws(TransportError) {
                try producer.publish(as: "one", serializer: "raw", in: scratch.directory)
              } catch { continue }
              if inside.enter() != 1 { return -1 }
              wins += 1
              inside.leave()
            }
            return wins
          })
      }
      let wins = try workers.map { try $0.join() }
      #expect(!wins.contains(-1), "two had the name at once")
      #expect(wins.reduce(0, +) > 0)
      #expect(try scratch.directory.names() == [])
    }
  }

  @Test func ofTwoProcessesOneGetsAStaleName() throws {
    try withWatchdog(seconds: 240) {
      for _ in 0..<10 {
        let dead = try scratch.producer("one", mode: "block-wait")
        dead.kill()
        _ = dead.wait()
        let rivals = try (0..<2).map { _ in
          try Child.peer(["publish", scratch.path, "one", "4", "8", "-1", "block-wait"])
        }
        var (loser, winner) = (rivals[0], rivals[1])
        while loser.isRunning {
          usleep(1000)
          swap(&loser, &winner)
        }
        #expect(loser.wait() == .exited(1))
        #expect(loser.standardError.contains("is published as 'one' already"))
        try winner.await("published")
        try attach("one")
        winner.kill()
        _ = winner.wait()
      }
    }
  }

  /// A record whose process number or descriptor is somebody else's by now.
  @Test func anotherProcessOfTheSameNumberIsNotTheProducer() throws {
    var producer = try Producer.make()
    try publish(&producer, "camera0")
    let ring = try #require(try NamedRing.find("camera0", in: scratch.directory))
    let record = try #require(ring.record)
    let path = scratch.directory.file("camera0")
    let altered = [
      NameRecord(
        process: record.process, startTime: record.startTime + 1, descriptor: record.descriptor,
        segment: record.segment),
      NameRecord(
        process: record.process, startTime: record.startTime, descriptor: 0,
        segment: record.segment),
      NameRecord(
        process: record.process, startTime: record.startTime, descriptor: record.descriptor,
        segment: FileIdentity(device: 0, inode: 0)),
    ]
    for (record, code) in zip(
      altered, [.notPermitted, .nameStale, .nameStale] as [SharedMemoryError.Code])
    {
      try overwrite(path, record.text)
      #expect(memoryCode { try attach("camera0") } == code)
    }
    try overwrite(path, "weir-name/1 nonsense\n")
    #expect(memoryCode { try attach("camera0") } == .notPermitted)
    try overwrite(path, record.text)
    try attach("camera0")
    _ = consume producer
  }

  private func overwrite(_ path: String, _ text: String) throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  @Test func aHandoverComesBeforeTheName() throws {
    var producer = try Producer.make()
    try publish(&producer, "camera0")
    let code = handoverCode(producer)
    #expect(code == .unsupported)
    #expect(try scratch.directory.names() == [])
  }

  private func handoverCode(_ producer: consuming Producer<Frame>) -> TransportError.Code? {
    do throws(TransportError) {
      _ = try producer.handover()
      return nil
    } catch {
      return error.code
    }
  }
}

/// How many threads are in a place that is for one.
private final class SharedCount: Sendable {
  private let segment: Segment

  init() { segment = try! Segment.create(byteCount: 8, label: "count") }

  func enter() -> UInt32 { segment.uint32(at: 0).add(1) }
  func leave() { segment.uint32(at: 0).add(.max) }
}

/// A worker as an element of an array.
private final class Box {
  private var worker: Worker<Int>?
  init(_ worker: consuming Worker<Int>) { self.worker = consume worker }

  func join() throws -> Int {
    guard let worker = worker.take() else { return 0 }
    return try worker.join()
  }
}
