// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Testing
import Topology

@testable import Scenarios

@Suite struct PeerCatalogTests {
  private static let machine = "package:1 core:2 pu:1"

  /// The catalog with a peer as it is where its library or permission is missing.
  private func catalog(without kind: PeerKind? = nil) throws -> Catalog {
    var catalog = WeirScenarios.catalog(machine: try Machine(synthetic: Self.machine))
    for index in catalog.backends.indices where catalog.backends[index].name == kind?.rawValue {
      catalog.backends[index].unavailable = "it is not installed"
    }
    return catalog
  }

  private func plan(_ catalog: Catalog) throws -> Plan {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appendingPathComponent("Benchmarks/Jobs/peers.yaml").path
    let yaml = try String(contentsOfFile: path, encoding: .utf8)
    return try Plan(Job(yaml: yaml, source: "peers.yaml", catalog: catalog), catalog: catalog)
  }

  @Test func theJobComparesEveryPeerWithSharedMemory() throws {
    let catalog = try catalog()
    let plan = try plan(catalog)
    for kind in PeerKind.allCases {
      let backend = try #require(catalog.backend(kind.rawValue))
      let cells = plan.cells.filter { $0.store == kind.rawValue }
      for (workload, wait) in backend.workloads.flatMap({ load in backend.waits.map { (load, $0) } }
      ) {
        #expect(
          cells.contains { $0.workload == workload && $0.wait == wait },
          "\(kind) \(workload) \(wait)"
        )
      }
      for cell in cells {
        #expect(cell.serializer == "raw")
        // Beside it, in the same table, stands shared memory.
        let key = cell.comparableKey
        #expect(
          plan.cells.contains {
            $0.store == "shm" && $0.comparableKey == key && $0.size == cell.size
          }, "\(cell.id)")
        let isTooLarge = cell.size.bytes > backend.maximumMessage?.bytes ?? .max
        if backend.unavailable == nil { #expect((cell.skip != nil) == isTooLarge, "\(cell.id)") }
      }
    }
  }

  @Test(arguments: PeerKind.allCases)
  func aPeerThatIsNotThereIsSkippedWithItsReason(kind: PeerKind) throws {
    let plan = try plan(try catalog(without: kind))
    let cells = plan.cells.filter { $0.store == kind.rawValue }
    #expect(!cells.isEmpty)
    for cell in cells { #expect(cell.skip == "\(kind.rawValue): it is not installed") }
    #expect(plan.cells.contains { $0.store == "shm" && $0.skip == nil })
  }

  @Test(arguments: PeerKind.allCases)
  func everyPeerSaysHowItWaits(kind: PeerKind) {
    let backend = kind.backend
    #expect(backend.capabilities.contains(.peer))
    #expect(backend.waits.allSatisfy { backend.summary.contains("\($0): ") })
    #expect(backend.maximumCustomers == 1)
    #expect(backend.backpressures == [.block])
  }

  @Test func aQueueThatHoldsTooFewIsSkipped() throws {
    let catalog = try catalog()
    let backend = PeerKind.posixMQ.backend
    let depth = try #require(backend.maximumDepth)
    var cell = SampleCell.make(
      store: "posix-mq", serializer: "raw", size: ByteCount(64), depth: depth + 1)
    cell.parameters.wait = "park"
    let reason = catalog.skipReason(cell)
    #expect(reason?.hasPrefix("posix-mq: ") == true)
    if backend.unavailable == nil { #expect(reason?.contains("\(depth) messages") == true) }
    cell.parameters.depth = depth
    #expect((catalog.skipReason(cell) == nil) == (backend.unavailable == nil))
  }
}
