// SPDX-License-Identifier: Apache-2.0
import Testing
import Topology

@testable import Harness

@Suite(.timeLimit(.minutes(1))) struct RepeatsTests {
  private func record(_ cell: Cell, _ distance: Double?) -> LaunchRecord {
    var record = LaunchRecord(cellID: cell.id, launch: 0)
    record.link = distance.map { LinkFingerprint(cpus: [0, 1], before: $0, after: $0) }
    return record
  }

  @Test func onlyCellsThatTheHostDisturbedAreRepeated() throws {
    let plan = try Plan(job(SampleRun.small, ["launches=2"]), catalog: .sample)
    let cells = Array(plan.cells.prefix(4))
    var failed = record(cells[2], 250)
    failed.errors = ["worker died"]
    let records = [
      0: [record(cells[0], 60), record(cells[0], 62)],
      1: [record(cells[1], 60), record(cells[1], 250)],
      2: [record(cells[2], 60), failed],
      3: [record(cells[3], nil), record(cells[3], nil)],
    ]
    let regimes = Regimes(samples: records.values.joined())
    #expect(RunConductor.disturbed(cells, records, regimes) == [1])
    // One close launch more, and all is as planned.
    var mended = records
    mended[1]?.append(record(cells[1], 61))
    #expect(RunConductor.disturbed(cells, mended, regimes).isEmpty)
    #expect(RunConductor.disturbed(cells, [:], regimes).isEmpty, "what never ran is not repeated")
  }

  /// The real probe: two CPUs have a distance, one CPU has none.
  @Test func theDistanceOfTwoSeatsIsRead() throws {
    let machine = try Machine.current()
    let probe = LinkProbe(machine: machine, clock: .calibrated())
    let cores = machine.cores.count
    func seating(_ customer: String) throws -> Seating {
      let request = PlacementRequest.parts(
        producer: "core:0", customer: customer, segment: "producer")
      guard case .seated(let seating) = try Seating.resolve(request, on: machine) else {
        throw LaunchError(.placement, "no such seat")
      }
      return seating
    }
    #expect(probe.halfRoundTrip(try seating("core:0")) == nil)
    #expect(LinkProbe.cpus(try seating("core:0")) == nil)
    guard cores > 1 else { return }
    let distance = try #require(probe.halfRoundTrip(try seating("core:1")))
    #expect(distance > 0 && distance.isFinite)
    #expect(LinkProbe.cpus(try seating("core:1"))?.count == 2)
  }
}
