// SPDX-License-Identifier: Apache-2.0
import Testing
import Topology

@testable import Harness

@Suite struct PlanPriceTests {
  private static let need = LaunchNeed(
    processes: 5, descriptors: 21, segments: 1, segmentBytes: 4096, privateBytes: 100)

  @Test func thePartsAreThePlansOwnEstimateAndTheWorkersStarts() throws {
    let plan = try Plan(job(minimal("defaults: { launches: 6 }")), catalog: .sample)
    let price = PlanPrice(plan) { _ in Self.need }
    #expect(price.launches == 6 && price.steps == 1)
    let starts = 6 * 3 * PlanPrice.start.count
    #expect(price.total.count == plan.estimate.count + starts)
    #expect(price.warmup == Nanoseconds.milliseconds(6 * 200))
    #expect(price.measure == Nanoseconds.seconds(6))
    #expect(price.largest == Self.need)
  }

  /// On paper, what a backend cannot do costs the same; the plan's own estimate leaves it out.
  @Test func skippedCellsArePricedToo() throws {
    let text = minimal("workload: { customers: 100 }")
    let plan = try Plan(job(text), catalog: .sample)
    #expect(plan.cells.allSatisfy { $0.skip != nil } && plan.estimate.count == 0)
    #expect(PlanPrice(plan) { _ in Self.need }.launches == plan.cells[0].launches)
  }

  @Test func theLargestLaunchIsTakenPartByPart() throws {
    let text = "schema: 1\naxes: { store: [shm], serializer: [large], size: [64B, 4KiB] }\n"
    let plan = try Plan(job(text), catalog: .sample)
    let price = PlanPrice(plan) { cell in
      var need = Self.need
      if cell.size.bytes == 64 { need.processes = 9 } else { need.segmentBytes = 1e9 }
      return need
    }
    #expect(price.largest.processes == 9 && price.largest.segmentBytes == 1e9)
  }
}

@Suite struct MatrixJobTests {
  @Test func theJobIsTextThatReadsBackWithAGroupPerClass() throws {
    let machine = try Machine(synthetic: SampleMatrix.shape)
    let run = try SampleMatrix.run(on: machine)
    let text = try #require(run.header.job)
    let again = try Job(yaml: text, source: "matrix", catalog: .sample)
    #expect(again.groups.map(\.name) == machine.placementClasses().classes.map(\.name))
    #expect(again.budget == MatrixJob.budget)
    #expect(run.header.notes.first?.hasPrefix("6 classes of placements stand for 32: ") == true)
  }

  @Test func tooManyPlacementsAreRefusedBeforeTheyAreMade() throws {
    let machine = try Machine(synthetic: "numa:8 core:64 pu:1")
    let error = #expect(throws: HarnessError.self) {
      try MatrixJob(machine.placementClasses(), on: machine, all: true, cellsPerPlacement: 4)
    }
    #expect(error?.code == .job)
    #expect(error?.description.contains("leave --all out") == true)
  }

  /// 512 customers are one number in a plan, whose cost depends on classes alone.
  @Test func aHugePlanHasACellPerClassAndSize() throws {
    let machine = try Machine(synthetic: "numa:8 core:64 pu:1")
    let matrix = MatrixJob(try machine.fanOutClasses(), on: machine, customers: 512)
    #expect(matrix.workloads == ["stream"])
    let text = matrix.yaml(
      stores: ["shm"], serializer: "large", sizes: ["64B", "64KiB"], waits: ["spin"])
    let plan = try Plan(Job(yaml: text, source: "matrix", catalog: .sample), catalog: .sample)
    #expect(plan.cells.count == 2 * 2, "memory at the producer or elsewhere, two sizes")
    #expect(plan.cells.allSatisfy { $0.customers == 512 })
    #expect(PlanPrice(plan) { _ in PlanPriceTests.someNeed }.steps == plan.cells.count)
  }

  @Test func whatIsForbiddenIsSaid() throws {
    let machine = try Machine(synthetic: SampleMatrix.shape)
    let job = try MatrixJob(
      machine.placementClasses(), on: machine, all: false, cellsPerPlacement: 4)
    #expect(job.notes.count == 2, "nothing is forbidden")
    #expect(job.notes[1].contains("where a customer copies to is no axis"))
  }
}

extension PlanPriceTests {
  static var someNeed: LaunchNeed { need }
}
