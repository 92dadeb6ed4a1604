// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct JobTests {
  @Test func fillsInDefaults() throws {
    let plan = try Plan(job(minimal()), catalog: .sample)
    let cell = try #require(plan.cells.first)
    #expect(plan.cells.count == 1)
    #expect(plan.name == "job")
    #expect(
      cell.id
        == "stream/shm/large/64B/d64/block/park/closed/p=core:0,c=core:1,seg=producer/1p1c/v=full")
    #expect(cell.launches == 12)
    #expect(cell.slice == .milliseconds(100))
  }

  @Test func multipliesAndFilters() throws {
    let plan = try Plan(job(SampleRun.yaml), catalog: .sample)
    // 2 workloads × 3 stores × 3 serializers × 5 sizes, less list with two serializers.
    #expect(plan.cells.count == 90 - 2 * 2 * 5)
    #expect(!plan.cells.contains { $0.store == "list" && $0.serializer != "small" })
    #expect(Set(plan.cells.map(\.id)).count == plan.cells.count)
  }

  @Test func workloadKeysAreAxesToo() throws {
    let yaml = minimal(
      "workload: { kind: [stream, pingpong], depth: [1, auto], load: open:50k/s, customers: 2 }")
    let cells = try Plan(job(yaml), catalog: .sample).cells
    #expect(cells.count == 4)
    #expect(Set(cells.map(\.depth)) == [1, 64])
    #expect(cells[0].id.contains("/open:50kps/"))
    #expect(cells[0].customers == 2)
  }

  @Test func groupsOverrideTheFile() throws {
    let yaml = """
      schema: 1
      name: two
      defaults: { launches: 6, seed: 7 }
      axes: { store: [shm], serializer: [large], size: [64B] }
      workload: { depth: 8 }
      groups:
        - { name: small }
        - { name: big, axes: { size: [1MiB, 64B], depth: 4 }, defaults: { measure: 2s } }
        - { name: again, placement: same-l3, axes: { wait: [spin] } }
        - { name: repeat }
      """
    let plan = try Plan(job(yaml), catalog: .sample)
    #expect(plan.cells.map(\.group) == ["small", "big", "big", "again"])
    #expect(plan.cells.map(\.depth) == [8, 4, 4, 8])
    #expect(plan.cells[1].measure == .seconds(2))
    #expect(plan.cells[3].placement == .preset("same-l3"))
    #expect(plan.seed == 7)
    #expect(plan.notes == ["group repeat: 1 cell(s) repeat earlier ones and are measured once"])
  }

  @Test(arguments: [
    (ByteCount(64), 64), (ByteCount(1 << 20), 64), (ByteCount(16 << 20), 4),
    (ByteCount(1 << 30), 2), (ByteCount(3 << 20), 16),
  ])
  func autoDepthStaysWithinTheLimit(_ size: ByteCount, _ slots: Int) {
    #expect(Depth.auto.slots(for: size, within: ByteCount(64 << 20)) == slots)
  }

  @Test func segmentLimitMovesAutoDepth() throws {
    let yaml = minimal("workload: { segment_limit: 256B }")
    #expect(try Plan(job(yaml), catalog: .sample).cells[0].depth == 4)
  }

  @Test func overridesReachEveryGroup() throws {
    let arguments = [
      "size=128B,1MiB", "launches=7", "placement.producer=core:3", "seed=9", "workload.depth=2",
      "name=other",
    ]
    let yaml = minimal("groups: [{ name: a }, { name: b, axes: { wait: spin, depth: 5 } }]")
    let plan = try Plan(job(yaml, arguments), catalog: .sample)
    #expect(plan.cells.map(\.size.bytes) == [128, 1 << 20, 128, 1 << 20])
    #expect(plan.cells.allSatisfy { $0.launches == 7 && $0.depth == 2 })
    #expect(plan.cells.allSatisfy { $0.id.contains("p=core:3,c=core:1,seg=producer") })
    #expect(plan.seed == 9)
    #expect(plan.name == "other")
  }

  @Test func exclusionsCompareValuesNotSpelling() throws {
    let yaml = """
      schema: 1
      axes: { store: shm, serializer: large, size: [1KiB, 4KiB] }
      filter: { exclude: { size: 1024B } }
      """
    #expect(try Plan(job(yaml), catalog: .sample).cells.map(\.size.bytes) == [4096])
  }

  @Test func readsFiles() throws {
    let error = #expect(throws: HarnessError.self) {
      try Job(path: "/nonexistent/job.yaml", catalog: .sample)
    }
    #expect(error?.code == .file)
  }
}
