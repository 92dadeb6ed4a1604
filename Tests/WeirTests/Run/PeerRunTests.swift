// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Harness
import Scenarios
import Testing
import Topology

extension RunTests {
  /// Whole runs over what else carries bytes between processes.
  @Suite struct PeerRunTests {
    private static func job(_ stores: [String], measure: String) -> String {
      """
      schema: 1
      name: peers
      defaults: { warmup: 10ms, measure: \(measure), slice: 20ms, launches: 1, seed: 1 }
      axes:
        workload: [stream, pingpong]
        store: [\(stores.joined(separator: ", "))]
        serializer: [raw]
        size: [64B]
        wait: [park, spin]
      workload: { depth: 4 }

      """
    }

    private static func peers() throws -> [Catalog.Backend] {
      WeirScenarios.catalog(machine: try Machine.current()).backends
        .filter { $0.capabilities.contains(.peer) }
    }

    @Test func everyPeerIsMeasuredOrSaysWhyNot() throws {
      let peers = try Self.peers()
      let run = try LiveRun(["--json"], job: Self.job(peers.map(\.name), measure: "40ms"))
      let status = try run.end(within: 50)
      let json = try #require(try run.json("output"))
      #expect(Int(status) == RunTests.goodExit(json), "\(run.errors)")
      let cells = try RunTests.cells(json)
      #expect(cells.count == peers.count * 4)
      for cell in cells {
        let id = try #require(cell["id"] as? String)
        let parameters = try #require(cell["params"] as? [String: Any])
        let peer = try #require(peers.first { $0.name == parameters["store"] as? String })
        let wait = try #require(parameters["wait"] as? String)
        guard peer.unavailable == nil, peer.waits.contains(wait) else {
          #expect(cell["status"] as? String == "skipped", "\(id)")
          #expect((cell["reason"] as? String)?.hasPrefix("\(peer.name): ") == true, "\(id)")
          continue
        }
        #expect(cell["status"] as? String == "ok", "\(id): \(cell["reason"] ?? "")")
        let integrity = try #require(cell["integrity"] as? [String: Int], "\(id)")
        #expect(integrity["sent"] == integrity["received"] && integrity["lost"] == 0, "\(id)")
        #expect(integrity["received"] ?? 0 > 0, "\(id)")
      }
    }

    @Test(arguments: [
      ("pipe", "producer"), ("posix-mq", "customer"), ("mutex-ring", "producer"),
      ("zmq-ipc", "customer"),
    ])
    func aKilledWorkerIsNamedAndEndsTheRun(store: String, role: String) throws {
      let peer = try #require(try Self.peers().first { $0.name == store })
      if peer.unavailable != nil { return }
      let run = try LiveRun(
        ["--workload", "stream", "--wait", "park"], job: Self.job([store], measure: "60s"))
      let worker = try run.worker(role)
      let moment = pauseAtRandom(upToMilliseconds: 400)
      kill(worker.pid, SIGKILL)
      #expect(try run.end(within: 5) == 3)
      #expect(
        run.errors.contains("worker \(role) (pid \(worker.pid)) was killed by signal 9"),
        "after \(moment) ms: \(run.errors)")
      #expect(run.isGone())
    }
  }
}
