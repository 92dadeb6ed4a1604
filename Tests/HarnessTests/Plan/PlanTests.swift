// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing

@testable import Harness

@Suite struct PlanTests {
  let plan: Plan

  init() throws { plan = try Plan(job(SampleRun.yaml), catalog: .sample) }

  @Test func sameSeedSameBytes() throws {
    let again = try Plan(job(SampleRun.yaml), catalog: .sample)
    #expect(try plan.json() == again.json())
    let other = try Plan(job(SampleRun.yaml, ["seed=2"]), catalog: .sample)
    #expect(other.order != plan.order)
    #expect(other.cells == plan.cells)
  }

  @Test func survivesJSON() throws {
    let back = try JSONDecoder().decode(Plan.self, from: Data(plan.json().utf8))
    #expect(back == plan)
    let other = try plan.json().replacing("weir-plan/1", with: "weir-plan/9")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Plan.self, from: Data(other.utf8))
    }
  }

  @Test func roundsHoldEveryRunnableCellOnce() {
    let runnable = Set(plan.cells.indices.filter { plan.cells[$0].skip == nil })
    #expect(plan.order.count == runnable.count * 6)
    for round in 0..<6 {
      let slots = plan.order[(round * runnable.count)..<((round + 1) * runnable.count)]
      #expect(Set(slots.map(\.cell)) == runnable)
      #expect(slots.allSatisfy { $0.launch == round })
    }
    let first = plan.order.prefix(runnable.count).map(\.cell)
    let second = plan.order.dropFirst(runnable.count).prefix(runnable.count).map(\.cell)
    #expect(first != second)
    #expect(first != first.sorted())
  }

  @Test func fewerLaunchesAreAPrefix() throws {
    let fewer = try Plan(job(SampleRun.yaml, ["launches=4"]), catalog: .sample)
    #expect(Array(plan.order.prefix(fewer.order.count)) == fewer.order)
  }

  @Test func seedsDifferBetweenLaunchesOnly() {
    let seeds = Set(plan.order.map(\.seed))
    #expect(seeds.count == plan.order.count)
    #expect(plan.order.allSatisfy { (0..<4096).contains($0.environmentPad) })
    #expect(Set(plan.order.map(\.environmentPad)).count > 100)
    #expect(
      plan.order.allSatisfy { (0..<65536).contains($0.heapOffset) && $0.heapOffset % 16 == 0 })
    #expect(Set(plan.order.map(\.heapOffset)).count > 100)
  }

  @Test func skipsWithTheReason() throws {
    func reason(_ store: String, _ serializer: String, _ size: Int) -> String? {
      plan.cells.first {
        $0.store == store && $0.serializer == serializer && $0.size.bytes == size
      }?.skip
    }
    #expect(reason("queue", "large", 64) == "queue: a kernel channel cannot hold a view")
    #expect(reason("queue", "small", 16 << 20) == "queue: takes messages up to 1MiB")
    #expect(reason("shm", "large", 16 << 20) == nil)
    let host = try Plan(job(minimal()), catalog: .sample) { _ in "one NUMA node" }
    #expect(host.cells[0].skip == "one NUMA node")
    #expect(host.order.isEmpty)
  }

  @Test(arguments: [
    ("store=aeron", "aeron: its library is not installed"),
    ("backpressure=drop-oldest", nil), ("customers=9", "shm: takes at most 8 customer(s)"),
    ("producers=2", "shm: takes at most 1 producer(s)"), ("load=open:1k/s", nil),
    ("load=poisson:1k/s", nil),
  ])
  func asksTheCatalog(_ override: String, _ reason: String?) throws {
    #expect(try Plan(job(minimal(), [override]), catalog: .sample).cells[0].skip == reason)
  }

  @Test func aPingPongHasNoSchedule() throws {
    let plan = try Plan(
      job(minimal(), ["load=open:1k/s", "workload=pingpong"]), catalog: .sample)
    #expect(
      plan.cells[0].skip == "pingpong: has no schedule that an open load could set; use stream")
  }

  @Test(arguments: [
    (["store=queue", "serializer=small", "wait=spin"], "queue: cannot wait by spin"),
    (["store=list", "customers=2"], "list: hands its items to one customer"),
    (["store=list", "load=open:1k/s"], "list: cannot be driven by open:1k/s"),
    (["store=list", "backpressure=fail"], "list: has no fail backpressure"),
    (["store=list", "pages=reserved"], "list: has no segment that could be of reserved pages"),
    (
      ["store=list", "replicas=per-node"],
      "list: has no segment that could be copied to other nodes"
    ),
    (
      ["workload=pingpong", "replicas=per-node"],
      "pingpong: cannot pass through relays; use stream, or replicas: none"
    ),
    (["store=list", "depth=1025"], "list: holds at most 1024 message(s)"),
  ])
  func namesTheLimit(_ overrides: [String], _ reason: String) throws {
    #expect(try Plan(job(minimal(), overrides), catalog: .sample).cells[0].skip == reason)
  }

  @Test func pagesMakeCellsOfTheirOwn() throws {
    let cells = try Plan(job(minimal(), ["pages=automatic,base"]), catalog: .sample).cells
    #expect(cells.map(\.pages) == [.automatic, .base])
    #expect(!cells[0].id.contains("pages"))
    #expect(cells[1].id == cells[0].id.replacing("/1p1c", with: "/pages=base/1p1c"))
    #expect(cells[0].comparableKey != cells[1].comparableKey)
  }

  @Test func replicasMakeCellsOfTheirOwn() throws {
    let cells = try Plan(job(minimal(), ["replicas=none,per-node"]), catalog: .sample).cells
    #expect(cells.map(\.replicas) == [.none, .perNode])
    #expect(!cells[0].id.contains("replicas"))
    #expect(cells[1].id == cells[0].id.replacing("/1p1c", with: "/replicas=per-node/1p1c"))
    #expect(cells[0].comparableKey != cells[1].comparableKey)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(cells[0]), as: UTF8.self)
    let old = text.replacing("\"replicas\":\"none\",", with: "")
    #expect(old != text)
    let read = try JSONDecoder().decode(Cell.self, from: Data(old.utf8))
    #expect(read == cells[0], "as stored before there were any")
  }

  @Test(arguments: [
    (["size=4KiB"], Roof.Kind.memcpy), (["size=64B"], .stream),
    (["workload=pingpong", "wait=spin"], .cachelinePingPong),
    (["workload=pingpong", "wait=park"], .futexPingPong), (["store=list"], .unavailable),
    (["store=null"], .unavailable), (["load=open:1k/s"], .unavailable),
  ])
  func choosesTheRoof(_ overrides: [String], _ kind: Roof.Kind) throws {
    let roof = try Plan(job(minimal(), overrides), catalog: .sample).cells[0].roof
    #expect(roof.kind == kind)
    #expect((roof.reason == nil) == (kind != .unavailable))
  }

  @Test func selectsByPattern() throws {
    #expect(try plan.selecting(["pingpong/shm/*"]).cells.count == 15)
    #expect(try plan.selecting(["*/64B/*", "*/1MiB/*"]).cells.allSatisfy { $0.size.bytes != 4096 })
    let error = #expect(throws: HarnessError.self) { try plan.selecting(["nothing*"]) }
    #expect(error?.description.contains("no cell of compare matches") == true)
  }

  @Test(arguments: [
    ("a*c", "abbc", true), ("a*c", "abcd", false), ("*", "", true), ("**b*", "ab", true),
    ("a", "ab", false), ("", "", true), ("*ab*ab", "abab", true),
  ])
  func globs(_ pattern: String, _ text: String, _ matches: Bool) {
    #expect(Glob(pattern).matches(text) == matches)
  }
}
