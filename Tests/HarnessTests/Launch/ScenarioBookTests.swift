// SPDX-License-Identifier: Apache-2.0
import Testing
import Topology

@testable import Harness

@Suite struct ScenarioBookTests {
  private struct Named: Scenario {
    let name: String
    func stage(_: Cell, seating _: Seating, machine _: Machine) throws -> Staging {
      Staging(workers: [])
    }
    func perform(_: WorkerSession) throws -> WorkerReport { WorkerReport() }
  }

  private let book = ScenarioBook([Named(name: "one"), Named(name: "two")]) { cell in cell.store }

  @Test func scenariosAreFoundByNameAndByCell() throws {
    #expect(try book.scenario(named: "two").name == "two")
    #expect(try book.scenario(named: RooflineScenario.name).name == "roofline")
    let roofline = RooflineScenario.cell(sizes: [ByteCount(64)])
    #expect(try book.scenario(for: roofline).name == "roofline", "whatever the book would choose")
  }

  @Test func unknownOnesAreRefusedWithWhatThereIs() {
    let error = #expect(throws: LaunchError.self) { try book.scenario(named: "three") }
    #expect(error?.code == .protocolViolation)
    #expect(error?.description.contains("`three`; it has one, roofline, two") == true)
  }
}
