// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Testing
import Topology

@testable import Scenarios

@Suite(.serialized) struct LaunchNeedTests {
  private func cell(_ store: String, _ workload: String, customers: Int) throws -> Cell {
    let text = """
      schema: 1
      axes: { store: [\(store)], serializer: [large], size: [4KiB], workload: [\(workload)] }
      workload: { customers: \(customers), depth: 8 }
      """
    let catalog = WeirScenarios.catalog(machine: try Machine.current())
    let plan = try Plan(Job(yaml: text, source: "job", catalog: catalog), catalog: catalog)
    return try #require(plan.cells.first)
  }

  /// What is said about a launch is what staging it really makes.
  @Test(arguments: [
    ("shm", "stream", 1), ("shm", "stream", 5), ("shm", "pingpong", 1), ("queue", "stream", 3),
    ("queue", "pingpong", 1), ("shm", "pipeline", 1),
  ])
  func processesAndDescriptorsAreThoseOfStaging(
    store: String, workload: String, customers: Int
  ) throws {
    let machine = try Machine.current()
    let cell = try cell(store, workload, customers: customers)
    guard case .seated(let seating) = try Seating.resolve(cell.placement, on: machine) else {
      Issue.record("no seats")
      return
    }
    let scenario = try WeirScenarios.book.scenario(for: cell)
    let none = WeirScenarios.needWithoutHandover(cell)
    let before = try OpenDescriptors.count()
    let staging = try scenario.stage(cell, seating: seating, machine: machine)
    let after = try OpenDescriptors.count()
    withExtendedLifetime(staging) {}
    let need = WeirScenarios.need(cell)
    #expect(need.processes == staging.workers.count)
    #expect(need.descriptors - none == after - before)
  }

  @Test func aStoreInsideOneProcessHandsNothingOver() throws {
    let need = WeirScenarios.need(try cell("list", "stream", customers: 3))
    #expect(need.processes == 1)
    #expect(
      need.descriptors
        == WeirScenarios.needWithoutHandover(try cell("list", "stream", customers: 3)))
  }

  @Test func memoryGrowsWithCustomersAndItsSegmentsDoNot() throws {
    let one = WeirScenarios.need(try cell("shm", "stream", customers: 1))
    let many = WeirScenarios.need(try cell("shm", "stream", customers: 500))
    #expect(one.segmentBytes == many.segmentBytes && one.segmentBytes == 8 * 4096)
    #expect(many.privateBytes > one.privateBytes)
    #expect(many.processes == 501)
  }
}

private enum OpenDescriptors {
  static func count() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
  }
}
