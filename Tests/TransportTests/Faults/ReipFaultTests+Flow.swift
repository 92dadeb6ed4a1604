// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// Faults of REIP (reip-pipelines 0.0.4) that this module must not have; the chains of stages are in
/// PipelineTests.
@Suite(.timeLimit(.minutes(10))) struct ReipFlowFaultTests {
  private static let classes: [(StoreKind, String)] = [
    (.list, "small"), (.queue, "small"), (.queue, "medium"), (.queue, "large"), (.shm, "small"),
    (.shm, "medium"), (.shm, "large"),
  ]

  /// A customer in a process of its own that compares every byte of 64-byte frames.
  private func remote(_ ticket: SourceTicket<Frame>) throws -> Child {
    let handover = try ticket.handover()
    let json = String(decoding: try JSONEncoder().encode(handover), as: UTF8.self)
    return try Child.peer(["customer", json, "64", "0"], descriptors: handover.descriptors)
  }

  /// REIP: a task of 1000 blocking puts delivered 906 to 911, or hung.
  @Test(arguments: [(StoreKind.queue, "small"), (.queue, "medium"), (.shm, "large")])
  func fault01_theEndOfAStreamLosesNothing(store: StoreKind, serializer: String) throws {
    for _ in 0..<5 {
      try withWatchdog {
        var producer = try Producer<Frame>.make(capacity: 100, itemByteCount: 600)
        let child = try remote(producer.source(store, serializer: serializer))
        for number in 0..<1_000 {
          let frame = try Payload.frame(number, count: 64)
          let result = try producer.put(frame, timeout: patience)
          #expect(result == .published)
        }
        producer.end()
        let isDrained = producer.drain(timeout: patience)
        #expect(isDrained)
        #expect(child.wait() == .exited(0))
        #expect(child.standardError == "items=1000 wrong=0 status=ended\n")
      }
    }
  }

  /// REIP: CLOSE is an item, which neither `medium` nor `large` could carry.
  @Test(arguments: classes)
  func fault02_theEndCrossesEverySerializerClass(store: StoreKind, serializer: String) throws {
    try withWatchdog {
      for count in [0, 1, 7] {
        var producer = try Producer<Frame>.make(capacity: 8, itemByteCount: 600)
        let ticket = try producer.source(store, serializer: serializer)
        if store == .list {
          let worker = try reader(ticket)
          try producer.put(numbers: 0..<count)
          producer.end()
          #expect(try worker.join() == Array(0..<count))
          continue
        }
        let child = try remote(ticket)
        for number in 0..<count {
          _ = try producer.put(Payload.frame(number, count: 64), timeout: patience)
        }
        producer.end()
        let isDrained = producer.drain(timeout: patience)
        #expect(isDrained)
        #expect(child.wait() == .exited(0))
        #expect(child.standardError == "items=\(count) wrong=0 status=ended\n")
      }
    }
  }

  /// REIP: a skip that is not satisfied looked like the end of the stream.
  @Test(arguments: everyStore)
  func fault07_anUnsatisfiedSkipIsNoEnd(store: StoreKind) throws {
    try withWatchdog {
      var producer = try Producer.make()
      var customer = try producer.customer(store, strategy: .skip(count: 3))
      let substitute = try Payload.number(-1)
      try producer.put(numbers: 0..<2)
      let found = try Selection.wait(.all, [customer.readiness()], timeout: .now)
      #expect(found.verdict == .timedOut && found.states == [.notYet])
      // With a default value it is the default value.
      customer.defaultItem = { substitute }
      #expect(try customer.number() == -1)
      customer.defaultItem = nil
      try producer.put(numbers: 2..<5)
      #expect(try customer.number() == 3)
    }
  }

  /// REIP: `any` over a full and an empty source failed to unpack None.
  @Test(arguments: everyStore)
  func fault08_anyWorksWithAnEmptySource(store: StoreKind) throws {
    try withWatchdog {
      var full = try Producer.make()
      var empty = try Producer<Frame>.make()
      var one = try full.customer(store)
      var two = try empty.customer(store)
      try full.put(numbers: 0..<1)
      let found = try Selection.wait(.any, [two.readiness(), one.readiness()], timeout: .never)
      #expect(found.states == [.notYet, .ready] && found.ready == [1])
      #expect(try one.number() == 0)
      let nothing = Found(try two.getNowait())
      #expect(nothing == .timedOut)
    }
  }

  /// REIP: one item that could not be encoded made every later get of every customer fail.
  @Test func fault09_oneSerializationErrorPoisonsNothing() throws {
    #expect(TroubledSerializer.isRegistered)
    try withWatchdog {
      for fault in [TroubledSerializer.Fault.encodeSized, .encodeUnsized, .decode] {
        var producer = try Producer<Frame>.make(capacity: 8, itemByteCount: 64)
        var troubled = try Customer(producer.source(.queue, serializer: fault.rawValue))
        var healthy = try producer.customer(.queue)
        for number in 0..<5 {
          _ = try producer.put(TroubledSerializer.frame(number, count: 64), timeout: patience)
        }
        producer.end()
        for number in 0..<5 {
          if number == 2 {
            let code = thrownCode { _ = try troubled.get(timeout: patience) }
            guard case .serialization(let error) = code else {
              Issue.record("item 2 of \(fault) was delivered")
              return
            }
            #expect(error.code == TroubledSerializer.refusal.code)
            #expect(error.description.contains(TroubledSerializer.refusal.message))
          } else {
            let frame = try troubled.get(timeout: patience).value
            #expect(frame.map { Payload.matches($0, number, count: 64) } == true)
          }
          troubled.next()
          let other = try healthy.get(timeout: patience).value
          #expect(other.map { Payload.matches($0, number, count: 64) } == true)
          healthy.next()
        }
        let last = Found(try troubled.get(timeout: patience))
        #expect(last == .ended)
      }
    }
  }

  /// REIP: the second `medium` reader pickled, an unknown class meant pickle, bool became uint8, and
  /// complex failed in the putting block.
  @Test(arguments: classes)
  func fault14_nothingIsSilentlyReplaced(store: StoreKind, serializer: String) throws {
    try withWatchdog {
      var producer = try Producer<Frame>.make(capacity: 8, itemByteCount: 1_000)
      var first = try Customer(producer.source(store, serializer: serializer))
      var second = try Customer(producer.source(store, serializer: serializer))
      if store != .list {
        let name = try SerializerRegistry.standard.serializer(named: serializer).name
        #expect(first.serializer.name == name && second.serializer.name == name)
      }
      for dtype in [DataType.bool, .complex64, .complex128] {
        let bytes = Data((0..<4 * dtype.itemByteCount).map { UInt8($0 % 2) })
        let frame = try Frame(dtype: dtype, shape: [4], bytes: bytes)
        _ = try producer.put(frame, timeout: patience)
        #expect(try first.get(timeout: patience).value == frame)
        #expect(try second.get(timeout: patience).value == frame)
        first.next()
        second.next()
      }
      #expect(ThroughputClass(rawValue: "lage") == nil)
      for unknown in ["lage", "pickle"] where store != .list {
        let code = thrownCode { _ = try producer.source(.queue, serializer: unknown) }
        guard case .serialization(let error) = code else {
          Issue.record("'\(unknown)' was taken for a serializer")
          continue
        }
        #expect(error.code == .unknownSerializer)
      }
    }
  }
}
