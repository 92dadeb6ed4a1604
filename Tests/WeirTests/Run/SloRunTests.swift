// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension RunTests {
  /// Searches by real processes; what is found depends on the machine, how it is found does not.
  @Suite struct SloRunTests {
    private static let brief = [
      "--allow-debug", "--measure", "50ms", "--warmup", "10ms", "--launches", "1", "--json",
    ]

    private func cells(_ weir: WeirProcess) throws -> [[String: Any]] {
      let json = try weir.json
      #expect(json["schema"] as? String == "weir-slo/1")
      return try #require(json["cells"] as? [[String: Any]], "\(weir.errors)")
    }

    /// A second is kept until a rate is not sustained, or the generator gives up.
    @Test func aGenerousBoundIsKeptUpToARateThatIsNot() throws {
      let weir = try WeirProcess(
        ["slo", "--p50", "1s", "--store", "shm", "--tolerance", "50", "--budget", "25s"]
          + Self.brief)
      let cell = try #require(try cells(weir).first)
      let finding = try #require(cell["finding"] as? String)
      #expect([0, 6, 7].contains(weir.status), "\(weir.errors)")
      let probes = try #require(cell["probes"] as? [[String: Any]])
      let held = cell["held_per_s"] as? Int
      let missed = cell["missed_per_s"] as? Int
      for probe in probes {
        let rate = try #require(probe["rate_per_s"] as? Int)
        let verdict = try #require(probe["verdict"] as? String)
        #expect(verdict != "slow", "no response takes a second: \(probe)")
        #expect((verdict == "held") == (rate <= held ?? 0), "\(rate) \(verdict)")
        #expect(probe["generator_cost_ns"] as? Double ?? 0 > 0)
      }
      switch weir.status {
      case 0: #expect(finding == "found" && (held ?? 0) < (missed ?? 0))
      case 7:
        #expect(["at-least", "unfinished", "generator"].contains(finding))
        #expect((finding == "generator") == (held == nil))
      default: #expect(finding == "none" && held == nil && probes.count == 1)
      }
    }

    /// Slow rates are climbed over, up to one that cannot be carried.
    @Test func aBoundThatNothingKeepsIsSaid() throws {
      let weir = try WeirProcess(["slo", "--p99", "1ns", "--store", "shm,null"] + Self.brief)
      #expect(weir.status == 6)
      let cells = try cells(weir)
      // On a machine that holds up the generator too, nothing can be said of the store.
      let finding = try #require(cells[0]["finding"] as? String)
      #expect(["none", "generator"].contains(finding))
      #expect(cells[1]["finding"] as? String == "skipped")
      let probes = try #require(cells[0]["probes"] as? [[String: Any]])
      #expect(probes.allSatisfy { $0["verdict"] as? String != "held" })
      let isSlow = probes.contains { $0["verdict"] as? String == "slow" }
      #expect(!isSlow || probes.contains { $0["verdict"] as? String != "slow" }, "\(probes)")
      let answer = finding == "none" ? "no rate keeps the bound" : "no answer: "
      #expect((cells[0]["answer"] as? String)?.hasPrefix(answer) == true)
      #expect((cells[1]["reason"] as? String)?.hasPrefix("null: cannot be driven by open") == true)
    }

    @Test func peopleGetATableAndOneLine() throws {
      let arguments = Self.brief.filter { $0 != "--json" }
      let weir = try WeirProcess(["slo", "--p50", "1ns", "--arrivals", "poisson"] + arguments)
      #expect(weir.status == 6 && weir.errors.isEmpty, "\(weir.errors)")
      for text in [
        "bound: response p50 below 1ns, open load with poisson arrivals", "resp p99.9",
        "own lag p99",
        "verdict", "stream/shm/raw/64B/d64/block/spin-park/p=", "no rate keeps the bound",
      ] { #expect(weir.output.contains(text), "\(text)") }
    }

    @Test(
      arguments: [
        (["--p99", "1ms", "--store", "null"], Int32(6), "no cell can take an open load: null: "),
        (["--p99", "1ms", "--workload", "pingpong"], 6, "pingpong: has no schedule"),
        (["--p99", "50"], 64, "--p99 50: duration `50` has no unit"),
        (["--p99", "0s"], 64, "--p99 0s: no response takes no time"),
        (["--p99", "1ms", "none.yaml"], 1, "none.yaml: the job file cannot be read"),
      ])
    func badInputIsRefusedInOneLine(arguments: [String], status: Int32, text: String) throws {
      let weir = try WeirProcess(["slo", "--allow-debug"] + arguments)
      #expect(weir.status == status && weir.refusedInOneLine, "\(weir.errors)")
      #expect(weir.errors.contains(text), "\(weir.errors)")
    }

    @Test(
      arguments: [
        [], ["--p50", "1ms", "--p99", "1ms"], ["--p99", "1ms", "--tolerance", "0"],
        ["--p99", "1ms", "--set", "load=closed"], ["--p99", "1ms", "--arrivals", "bursts"],
      ])
    func wrongUsageIsRefused(arguments: [String]) throws {
      #expect(try WeirProcess(["slo", "--allow-debug"] + arguments).status == 64)
    }
  }
}
