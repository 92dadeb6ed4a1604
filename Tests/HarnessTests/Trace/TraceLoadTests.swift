// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Testing

@testable import Harness

@Suite struct TraceLoadTests {
  private static let sized = "time_s,size_bytes\n0,128\n0.1,4096\n0.3,64\n"

  private func plan(_ text: String, _ more: [String] = [], store: String = "shm") throws -> Plan {
    let folder = try TraceFolder(text)
    let yaml = """
      schema: 1
      defaults: { warmup: 10ms, measure: 100ms, launches: 1 }
      axes: { store: [\(store)], serializer: [large], load: ["trace:trace.csv"] }
      """
    let job = try Job(
      yaml: yaml, source: "\(folder.path)/job.yaml", catalog: catalog,
      overrides: JobOverrides(parsing: more))
    return try Plan(job, catalog: catalog)
  }

  private var catalog: Catalog {
    var catalog = Catalog.sample
    for index in catalog.backends.indices where catalog.backends[index].name == "shm" {
      catalog.backends[index].takesMixedSizes = true
    }
    return catalog
  }

  @Test func theLargestMessageIsTheCellsSize() throws {
    let cell = try #require(try plan(Self.sized).cells.first)
    #expect(cell.skip == nil && cell.size.bytes == 4096)
    let trace = try #require(cell.load.trace)
    #expect(cell.id.contains("/trace:trace@\(trace.digest)/"))
    #expect(cell.comparableKey.contains(trace.digest))
    // Its sizes are the trace's, whatever the job says.
    #expect(try plan(Self.sized, ["size=64B,1MiB"]).cells.map(\.size.bytes) == [4096])
  }

  @Test func aTraceOfStartsAloneTakesTheJobsSizes() throws {
    let cells = try plan("time_s\n0\n1\n", ["size=64B,1MiB"]).cells
    #expect(cells.map(\.size.bytes) == [64, 1 << 20])
    let error = #expect(throws: HarnessError.self) { try plan("time_s\n0\n1\n") }
    #expect(error?.problem == "axis `size` is missing")
  }

  @Test func aPlanSaysHowMuchOfATraceALaunchReplays() throws {
    #expect(try plan(Self.sized).notes.contains { $0.hasSuffix("replays the beginning of it") })
    let long = try plan(Self.sized, ["measure=2s"])
    #expect(long.notes.count == 1 && long.notes[0].contains("repeats it from the beginning"))
    // Said of the phases as they are in the end.
    let cut = try long.fitted(to: .seconds(2))
    #expect(cut.notes.count { $0.hasPrefix("trace ") } == 1)
    #expect(cut.notes.contains { $0.hasSuffix("replays the beginning of it") })
  }

  @Test func aStoreOfOneSizeIsSkipped() throws {
    let folder = try TraceFolder(Self.sized)
    var cell = try #require(try plan(Self.sized).cells.first)
    cell.load = .trace(try folder.trace())
    #expect(catalog.skipReason(cell) == nil)
    #expect(
      Catalog.sample.skipReason(cell)
        == "shm: carries messages of one size; replay a trace without size_bytes")
  }

  @Test func theIdentitySurvivesStoring() throws {
    let load = Load.trace(try TraceFolder(Self.sized).trace())
    let stored = try JSONDecoder().decode(Load.self, from: JSONEncoder().encode(load))
    #expect(stored == load && stored.trace?.sizes == load.trace?.sizes)
    #expect(stored.trace?.table == nil, "a stored run has no entries")
    #expect(stored.description == "trace:trace.csv" && stored.kind == "open")
  }

  @Test func bothEndsFollowTheTrace() throws {
    let table = try #require(try TraceFolder(Self.sized).trace().table)
    var sender = ArrivalSchedule(trace: table, nanosecondsPerTick: 0.5)
    var receiver = sender
    let starts = (0..<7).map { _ in sender.next() }
    // 2 ms of lead, in ticks of half a nanosecond; 0.3 s and a mean interval from turn to turn.
    #expect(starts[0] == 4_000_000 && starts[1] == 204_000_000 && starts[3] == 904_000_000)
    #expect(starts[4] - starts[1] == 900_000_000)
    #expect(receiver.start(of: 0) == starts[0])
    #expect(receiver.start(of: 5) == starts[5], "those between were dropped")
    #expect(receiver.start(of: 4) == nil)
  }

  @Test func aTableIsTheSameWhereItIsInherited() throws {
    let table = try #require(try TraceFolder(Self.sized).trace().table)
    let copy = try TraceTable(attaching: dup(table.segment.descriptor))
    #expect(copy.count == 3 && copy.period == table.period && copy.largestSize == 4096)
    #expect((0..<9).allSatisfy { copy.start(of: $0) == table.start(of: $0) })
    let board = try LaunchBoard(workerCount: 1)
    #expect(throws: (any Error).self) { try TraceTable(attaching: dup(board.segment.descriptor)) }
  }

  @Test func aLaunchThatEndsBehindItsTraceIsNotSustained() throws {
    let cell = try #require(try plan(Self.sized).cells.first)
    func summary(behind: Int) -> CellSummary {
      var record = LaunchRecord(cellID: cell.id, launch: 0)
      record.integrity = Integrity(sent: 10, received: 10)
      record.generator = GeneratorRecord(costNanoseconds: 50, behind: .milliseconds(behind))
      return CellSummary(
        cell, records: [record], roofline: Roofline(), regimes: .unknown)
    }
    // A launch takes 110 ms.
    #expect(summary(behind: 5).status == .ok)
    #expect(summary(behind: 6).status == .invalid)
    #expect(summary(behind: 6).reason?.hasPrefix("rate not sustained: after 110 ms of") == true)
  }
}
