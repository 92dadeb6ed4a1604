// SPDX-License-Identifier: Apache-2.0
import CPeers
import Foundation
import Harness
import SharedMemory
import Testing
import Topology

@testable import Scenarios

/// What every peer must do that is installed and allowed here; the others say why they are not.
@Suite(.serialized, .timeLimit(.minutes(2))) struct PeerTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let kind: PeerKind
    let wait: String
    let byteCount: Int

    var testDescription: String { "\(kind.rawValue) \(wait) \(byteCount)B" }
    var terms: PeerTerms {
      PeerTerms(kind, byteCount: byteCount, depth: 8, spins: wait == "spin")
    }

    /// Every way of waiting of every peer that is there, at sizes that it takes.
    static func all(_ sizes: [Int]) -> [Case] {
      PeerKind.allCases.flatMap { kind in
        let backend = kind.backend
        guard backend.unavailable == nil else { return [Case]() }
        let fitting = sizes.filter { $0 <= backend.maximumMessage?.bytes ?? .max }
        return backend.waits.flatMap { wait in
          fitting.map { Case(kind: kind, wait: wait, byteCount: $0) }
        }
      }
    }
  }

  @Test(arguments: Case.all([8, 64, 4096, 100_000]))
  func everyMessageArrivesOnceInOrderAndIntact(_ example: Case) throws {
    var stage = PeerStage(terms: example.terms)
    stage.sends = example.byteCount > 4096 ? 200 : 2000
    stage.finishes = true
    let ends = try example.kind.accept(ThreadPlayers(stage: stage))
    #expect(ends.sender.surprise == nil && ends.receiver.surprise == nil)
    #expect(ends.sender.error == nil && ends.receiver.error == nil)
    #expect(ends.sender.count == stage.sends)
    #expect(ends.receiver.integrity == Integrity(received: Int(stage.sends)))
  }

  @Test(arguments: Case.all([64, 100_000]))
  func aStreamThatStopsWithoutEndIsAnError(_ example: Case) throws {
    var stage = PeerStage(terms: example.terms)
    stage.sends = 50
    let ends = try example.kind.accept(ThreadPlayers(stage: stage))
    #expect(ends.sender.error == nil && ends.sender.surprise == nil)
    #expect(ends.receiver.error?.code == .gone, "\(ends)")
    #expect(ends.receiver.error?.description.contains("the sender is gone") == true)
    // ZeroMQ forgets what it has not sent when its sockets close; nothing may be wrong with the rest.
    if !example.kind.usesZeroMQ { #expect(ends.receiver.count == 50) }
    let received = Int(ends.receiver.count)
    #expect(ends.receiver.integrity == Integrity(received: received))
  }

  @Test(arguments: Case.all([64, 100_000]))
  func aReceiverThatLeavesEndsTheSender(_ example: Case) throws {
    var stage = PeerStage(terms: example.terms)
    stage.receives = 20
    let ends = try example.kind.accept(ThreadPlayers(stage: stage))
    #expect(ends.receiver.error == nil && ends.receiver.surprise == nil)
    #expect(ends.sender.error?.code == .gone, "\(ends)")
    #expect(ends.sender.error?.description.contains("the receiver is gone") == true)
  }

  @Test(arguments: Case.all([64, 4096]).filter { !$0.kind.isInProcess }, 0..<3)
  func aKilledEndEndsTheOther(_ example: Case, round: Int) throws {
    for victim in KilledPlayers.Victim.allCases {
      let players = KilledPlayers(
        stage: PeerStage(terms: example.terms), victim: victim,
        microseconds: .random(in: 1000...40_000))
      let outcome = try example.kind.accept(players)
      #expect(outcome.surprise == nil)
      #expect(outcome.error?.code == .gone, "\(victim) after \(players.microseconds) µs")
      if victim == .sender {
        #expect(outcome.integrity == Integrity(received: Int(outcome.count)))
      }
    }
  }

  @Test func aMutexThatDiedWithItsOwnerIsNoticedByBothEnds() throws {
    let terms = PeerTerms(.mutexRing, byteCount: 64, depth: 4, spins: false)
    let segment = try MutexRing.create(terms) { _ in }
    let owner = try NativeThread {
      segment.withAddressRange { range in
        // The mutex comes first in the ring.
        let mutex = range.baseAddress?.assumingMemoryBound(to: pthread_mutex_t.self)
        if let mutex { pthread_mutex_lock(mutex) }
      }
    }
    owner.join()
    segment.withAddressRange { range in
      var bytes = [UInt8](repeating: 0, count: 64)
      for _ in 0..<2 {
        #expect(weir_mutex_ring_receive(range.baseAddress, 4, 64, &bytes, 1000) == -Int64(EPIPE))
        #expect(weir_mutex_ring_send(range.baseAddress, 4, 64, bytes, 64, 1000) == -Int64(EPIPE))
      }
    }
  }
}
