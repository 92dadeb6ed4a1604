// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import Testing
import TransportPeer

@testable import Transport

/// Where an end may be used; a wrong place is an error and not silence.
@Suite(.timeLimit(.minutes(10))) struct ContextTests {
  /// REIP's fault 11: readers taken to a child by a fork see nothing, for ever.
  @Test func fault11_anEndInTheWrongProcessIsAnError() throws {
    try withWatchdog {
      let child = try Child.peer(["fork"])
      #expect(child.wait() == .exited(0))
      let lines = child.standardError.split(separator: "\n").map(String.init)
      #expect(
        lines == [
          "customer same-process: wrongContext", "handover: wrongContext",
          "customer other-process: wrongContext", "handover: wrongContext",
          "customer other-process: wrongContext", "handover: wrongContext",
          "get: wrongContext", "parent: 5",
        ])
    }
  }

  @Test func aListNeverLeavesItsProcess() throws {
    var producer = try Producer.make()
    let ticket = try producer.source(.list)
    #expect(ticket.context == .sameProcess)
    #expect(thrownCode { _ = try ticket.handover() } == .unsupported)
    // Nor by a description that claims it.
    let other = try producer.source(.shm)
    #expect(other.context == .otherProcess)
    let json = String(decoding: try JSONEncoder().encode(other.handover()), as: UTF8.self)
    let claim = json.replacingOccurrences(of: "\"shm\"", with: "\"list\"")
    #expect(claim != json)
    var handover = try JSONDecoder().decode(SourceHandover.self, from: Data(claim.utf8))
    handover.descriptors = []
    #expect(thrownCode { _ = try Customer<Frame>(handover) } == .unsupported)
  }

  @Test func everyStoreHasAContextThatSelectsIt() {
    for store in StoreKind.allCases {
      let selected = [ThroughputClass.small, .medium, .large].map {
        StoreKind.selected(context: store.context, throughput: $0)
      }
      #expect(selected.contains(store))
    }
  }
}
