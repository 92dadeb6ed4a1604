// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

/// A folder with one trace in it.
final class TraceFolder {
  let path: String

  init(_ text: String, name: String = "trace.csv") throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func trace() throws(HarnessError) -> Trace { try TraceReader(folder: path).trace("trace.csv") }
}

@Suite struct TraceReaderTests {
  private func read(_ text: String) throws -> Trace { try TraceFolder(text).trace() }

  @Test func secondsAndNanosecondsAreTheSameTrace() throws {
    let seconds = try read("time_s,size_bytes\n1.000000001,64\n1.5,4096\r\n2.000000001,100\n")
    let nanoseconds = try read(
      "# a remark\ntime_ns, size_bytes\n7,64\n500000006, 4096\n1000000007,100")
    #expect(seconds.digest == nanoseconds.digest && seconds == nanoseconds)
    #expect(seconds.messages == 3 && seconds.span == .seconds(1))
    #expect(seconds.meanRate == 2)
    let sizes = try #require(seconds.sizes)
    #expect(sizes.smallest.bytes == 64 && sizes.largest.bytes == 4096)
    #expect(sizes.mean == 4260.0 / 3)
    let table = try #require(seconds.table)
    #expect((0..<3).map { table.start(of: $0) } == [0, 499_999_999, 1_000_000_000])
    // Repeated, a mean interval of half a second after its end.
    #expect(table.start(of: 3) == 1_500_000_000 && table.start(of: 8) == 4_000_000_000)
    #expect((0..<4).map { table.size(of: $0) } == [64, 4096, 100, 64])
  }

  @Test func whatATraceSaysTellsItFromOthers() throws {
    let plain = try read("time_ns\n0\n10\n")
    #expect(plain.sizes == nil)
    for other in ["time_ns\n0\n11\n", "time_ns\n0\n10\n10\n", "time_ns,size_bytes\n0,1\n10,1\n"] {
      #expect(try read(other).digest != plain.digest)
    }
    #expect(Load.trace(plain).idPart == "trace:trace@\(plain.digest)")
  }

  @Test(
    arguments: [
      ("", "trace.csv: the trace is empty"),
      ("# only remarks\n", "trace.csv: the trace is empty"),
      ("time_s,size_bytes\n", "trace.csv: the trace is empty"),
      ("0,64\n1,64\n", "trace.csv:1: the trace has no header"),
      ("time,size\n0,64\n", "trace.csv:1: the trace has no header"),
      ("time_s,size_bytes,more\n", "trace.csv:1: the trace has no header"),
      ("time_s\n0\n", "trace.csv: the trace has no two messages"),
      ("time_s\n5\n5\n", "trace.csv: the trace has no two messages"),
      ("time_s\n0\nsoon\n", "trace.csv:3: the time `soon` is not a number"),
      ("time_s\n0\nnan\n", "trace.csv:3: the time `nan` is not a number"),
      ("time_s\n0\n\u{FF}\u{FE}\n", "trace.csv:3: the time "),
      ("time_s\n-1\n0\n", "trace.csv:2: the time `-1` is negative"),
      ("time_s\n0\n2\n1\n", "trace.csv:4: a time that is before the one above it"),
      ("time_s\n0\n1,64\n", "trace.csv:3: 2 column(s) under a header of 1"),
      ("time_s,size_bytes\n0\n", "trace.csv:2: 1 column(s) under a header of 2"),
      ("time_ns\n0\n1.5\n", "trace.csv:3: the time `1.5` is no whole number of nanoseconds"),
      ("time_s\n0\n1000000\n", "trace.csv:3: more than a day after the first message"),
      ("time_s\n0\n99999999999999999999\n", "trace.csv:3: the time `99999999999999999999` is"),
      ("time_s\n0\n99999999999\n", "trace.csv:3: the time `99999999999` is beyond all clocks"),
      ("time_s,size_bytes\n0,0\n", "trace.csv:2: the size `0` is not a whole number of bytes"),
      ("time_s,size_bytes\n0,-4\n", "trace.csv:2: the size `-4` is not a whole number"),
      ("time_s,size_bytes\n0,1.5\n", "trace.csv:2: the size `1.5` is not a whole number"),
      ("time_s,size_bytes\n0,9999999999999\n", "trace.csv:2: the size `9999999999999` is"),
    ])
  func saysWhereWhatAndHow(_ text: String, _ expected: String) throws {
    let error = #expect(throws: HarnessError.self) { try read(text) }
    #expect(error?.code == .job)
    #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func aMissingFileIsNamed() throws {
    let folder = try TraceFolder("")
    let error = #expect(throws: HarnessError.self) {
      try TraceReader(folder: folder.path).trace("other.csv")
    }
    #expect(error?.description.hasPrefix("other.csv: the trace cannot be read; ") == true)
  }

  @Test func moreThanTheLimitIsRefused() throws {
    let lines = String(repeating: "1\n", count: TraceReader.Limits.messages + 1)
    let error = #expect(throws: HarnessError.self) { try read("time_s\n" + lines) }
    #expect(error?.description.contains("a trace may have 4 194 304 messages") == true)
  }

  @Test(
    arguments: [
      ("12", .value(12, billionths: 0)), (" 0.5\t", .value(0, billionths: 500_000_000)),
      (".25", .value(0, billionths: 250_000_000)), ("3.", .value(3, billionths: 0)),
      ("0.0166833499999", .value(0, billionths: 16_683_349)),
      ("1.5e-05", .value(0, billionths: 15_000)), ("2e3", .value(2000, billionths: 0)),
      ("", .notANumber), (".", .notANumber), ("1.2.3", .notANumber), ("0x10", .notANumber),
      ("inf", .notANumber), ("-3", .negative), ("1e30", .tooLarge),
    ] as [(String, DecimalField)])
  func numbersAreReadToABillionth(text: String, field: DecimalField) {
    #expect(DecimalField(Data(text.utf8)) == field)
  }
}
