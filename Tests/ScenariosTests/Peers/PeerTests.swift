// SPDX-License-Identifier: Apache-2.0
import CPeers
import Conformance
import Foundation
import Harness
import SharedMemory
import Testing

@testable import Scenarios

/// What every peer must do that is installed and allowed here; the others say why they are not.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PeerTests {
  /// `weir`, which the build puts beside the tests, plays the ends that have processes of their own.
  private static var program: PeerProgram {
    let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folder = URL(fileURLWithPath: tests ?? "").deletingLastPathComponent()
    return PeerProgram(
      executable: folder.appendingPathComponent("weir").path, arguments: ["check-end"])
  }

  @Test(arguments: PeerChecks.all.map(\.id), PeerKind.allCases)
  func thePeerHolds(id: String, kind: PeerKind) throws {
    let suite = PeerSuite(program: Self.program, seed: .random(in: 0 ... .max))
    let run = try #require(suite.check(id, on: kind.rawValue))
    let finding = run()
    #expect(finding.violation == nil, "\(kind.rawValue) \(id) \(finding.example ?? "")")
    if case .held = finding.verdict {
      #expect(finding.caseCount > 0)
    } else {
      #expect(kind.isInProcess || kind.backend.unavailable != nil || id == "peer-fan-out")
    }
  }

  /// The checks that must find each fault; others may.
  @Test(
    arguments: [
      (PeerFault.losesOne, "peer-order"), (.repeatsOne, "peer-order"), (.swapsTwo, "peer-order"),
      (.flipsABit, "peer-order"), (.flipsABit, "peer-lengths"), (.mixesTwo, "peer-order"),
      (.losesOne, "peer-empty"), (.cutsTheEnd, "peer-end"), (.dropsWhenFull, "peer-full"),
      (.endsForTheDead, "peer-stop"),
    ])
  func aFaultIsFound(fault: PeerFault, id: String) throws {
    let check = try #require(PeerChecks.all.first { $0.id == id })
    let suite = PeerSuite(cast: FaultyPeers(fault: fault), seed: 1)
    let finding = suite.run(check, on: .pipe)
    #expect(finding.violation != nil, "\(fault) passes \(id)")
    #expect(finding.example?.hasPrefix("pipe/") == true)
  }

  @Test func everyPeerCheckHasANameAndAStatementOfItsOwn() {
    let checks = PeerSuite.checks
    #expect(Set(checks.map(\.id)).count == checks.count)
    #expect(Set(checks.map(\.statement)).count == checks.count)
    #expect(Set(checks.map(\.id)).isDisjoint(with: Suite.checks.map(\.id)))
    #expect(PeerSuite(program: Self.program).check("no-such-check", on: "pipe") == nil)
    #expect(PeerSuite(program: Self.program).check("peer-end", on: "no-such-peer") == nil)
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
