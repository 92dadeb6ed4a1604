// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct ByteCountTests {
  @Test(arguments: [
    ("64B", 64), ("48", 48), ("4KiB", 4096), ("1MiB", 1 << 20), ("1.5KiB", 1536), ("1TiB", 1 << 40),
  ])
  func reads(_ text: String, _ bytes: Int) throws {
    #expect(try ByteCount(parsing: text).bytes == bytes)
  }

  @Test(arguments: [
    (0, "0B"), (48, "48B"), (1024, "1KiB"), (1536, "1536B"), (1 << 20, "1MiB"), (3 << 30, "3GiB"),
  ])
  func printsTheShortestExactForm(_ bytes: Int, _ text: String) throws {
    #expect(ByteCount(bytes).description == text)
    #expect(try ByteCount(parsing: text).bytes == bytes)
  }

  @Test(arguments: [
    ("64 kB?", "`64 kB?` is not a size; write 64KiB (KiB is 1024 bytes)"),
    ("64K", "`64K` is not a size; write 64KiB (KiB is 1024 bytes)"),
    ("1mb", "`1mb` is not a size; write 1MiB (MiB is 1048576 bytes)"),
    ("-1B", "`-1B` is a negative size; write 1B or more"),
    ("1.5B", "`1.5B` is not a whole number of bytes; use a smaller unit"),
    ("99999999999999999999B", "size `99999999999999999999B` is too large; write at most 1TiB"),
    ("9999999TiB", "size `9999999TiB` is too large; write at most 1TiB"),
    (
      "lots",
      "`lots` is not a size; write a whole number and B, KiB, MiB, GiB or TiB, such as 64KiB"
    ),
  ])
  func refuses(_ text: String, _ expected: String) {
    let error = #expect(throws: HarnessError.self) { try ByteCount(parsing: text) }
    #expect(error?.description == expected)
  }
}

@Suite struct NanosecondsTests {
  @Test(arguments: [
    ("200ms", 200_000_000), ("1s", 1_000_000_000), ("50us", 50_000), ("1.5ms", 1_500_000),
    ("7ns", 7), ("2min", 120_000_000_000), ("50µs", 50_000),
  ])
  func reads(_ text: String, _ count: Int) throws {
    #expect(try Nanoseconds(parsing: text).count == count)
  }

  @Test func printsTheShortestExactForm() {
    #expect(Nanoseconds(200_000_000).description == "200ms")
    #expect(Nanoseconds(60_000_000_000).description == "1min")
    #expect(Nanoseconds(1_000_001).description == "1000001ns")
  }

  @Test(arguments: ["200", "-1s", "1.23456789012s", "0.1ns", "fast", "", "1..2s", "99999999999h"])
  func refuses(_ text: String) {
    let error = #expect(throws: HarnessError.self) { try Nanoseconds(parsing: text) }
    #expect(
      error?.description.contains("; write ") == true || error?.remedy == "use a smaller unit")
  }
}

@Suite struct RateTests {
  @Test func readsAndPrints() throws {
    #expect(try Rate(parsing: "50k/s").perSecond == 50_000)
    #expect(try Rate(parsing: "1.5M/s").description == "1500k/s")
  }

  @Test(arguments: ["50k", "0/s", "-1/s", "k/s"])
  func refuses(_ text: String) {
    #expect(throws: HarnessError.self) { try Rate(parsing: text) }
  }
}

@Suite struct FiguresTests {
  @Test(arguments: [
    (0, "0"), (71.24, "71.2"), (0.07123, "0.0712"), (12_345, "12300"), (9.996, "10.0"),
    (999.6, "1000"), (0.00005, "5.00e-05"), (-3.14159, "-3.14"), (.nan, "-"), (.infinity, "-"),
  ])
  func threeDigits(_ value: Double, _ text: String) {
    #expect(Figures.text(value) == text)
  }

  @Test func groups() {
    #expect(Figures.grouped(1_234_567) == "1 234 567")
    #expect(Figures.grouped(-1000) == "-1 000")
    #expect(Figures.grouped(12) == "12")
  }
}

@Suite struct ColumnUnitTests {
  @Test func sharesAUnitWithinReach() {
    let unit = ColumnUnit(.time, for: [900, 1500, 40_000])
    #expect(unit.header("p50") == "p50 µs")
    #expect([900, 1500, 40_000].map { unit.text($0) } == ["0.900", "1.50", "40.0"])
  }

  @Test func carriesUnitsWhenWorldsApart() {
    let unit = ColumnUnit(.time, for: [70, 3e6])
    #expect(unit.header("p50") == "p50")
    #expect(unit.text(70) == "70.0 ns")
    #expect(unit.text(3.2e6, low: 3e6, high: 4e6) == "3.20 ms [3.00, 4.00]")
  }

  @Test func hasAUnitForNothing() {
    #expect(ColumnUnit(.bandwidth, for: []).text(5) == "5.00")
  }
}
