// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory

/// The entries of a trace while it is read.
struct TraceEntries {
  let path: String
  private var line = 0
  private var unit: Unit?
  private var hasSizes = false
  private var starts: [UInt64] = []
  private var sizes: [UInt64] = []
  private var first: UInt64 = 0

  private enum Unit: String, CaseIterable {
    case seconds = "time_s"
    case nanoseconds = "time_ns"
  }

  init(path: String) { self.path = path }

  private func error(_ problem: String, remedy: String) -> HarnessError {
    HarnessError(.job, at: line > 0 ? "\(path):\(line)" : path, problem, remedy: remedy)
  }

  mutating func read(_ bytes: Data) throws(HarnessError) {
    for text in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      line += 1
      var text = text
      if text.last == UInt8(ascii: "\r") { text = text.dropLast() }
      if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
      if unit == nil { try readHeader(text) } else { try readEntry(text) }
    }
  }

  private mutating func readHeader(_ text: Data) throws(HarnessError) {
    let names = String(decoding: text, as: UTF8.self).split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces) }
    unit = names.first.flatMap { Unit(rawValue: $0) }
    hasSizes = names.count == 2
    guard unit != nil, names.count == 1 || names[1] == "size_bytes", names.count < 3 else {
      throw error(
        "the trace has no header that says what its columns are",
        remedy: "begin it with time_s,size_bytes or time_ns,size_bytes, or with the time alone")
    }
  }

  private mutating func readEntry(_ text: Data) throws(HarnessError) {
    let fields = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard fields.count == (hasSizes ? 2 : 1) else {
      throw error(
        "\(fields.count) column(s) under a header of \(hasSizes ? 2 : 1)",
        remedy: "give every line the columns of the header")
    }
    guard starts.count < TraceReader.Limits.messages else {
      throw error(
        "a trace may have \(Figures.grouped(TraceReader.Limits.messages)) messages",
        remedy: "replay a part of it")
    }
    try add(time: fields[0])
    if hasSizes { try add(size: fields[1]) }
  }

  private mutating func add(time field: Data) throws(HarnessError) {
    let time = try time(field)
    if starts.isEmpty { first = time }
    guard time >= first, time - first >= starts.last ?? 0 else {
      throw error(
        "a time that is before the one above it", remedy: "sort the trace by its first column")
    }
    guard time - first <= TraceReader.Limits.span else {
      throw error(
        "more than a day after the first message",
        remedy: unit == .seconds ? "are these nanoseconds? then write time_ns" : "cut the trace")
    }
    starts.append(time - first)
  }

  private func time(_ field: Data) throws(HarnessError) -> UInt64 {
    switch (unit, DecimalField(field)) {
    case (.nanoseconds, .value(let whole, billionths: 0)): return whole
    case (.nanoseconds, .value):
      throw error(
        "the time \(Self.quoted(field)) is no whole number of nanoseconds",
        remedy: "round it, or write seconds under time_s")
    case (_, .value(let whole, let billionths)):
      let (scaled, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
      let (sum, carry) = scaled.addingReportingOverflow(billionths)
      if overflow || carry { fallthrough }
      return sum
    case (_, .tooLarge):
      throw error(
        "the time \(Self.quoted(field)) is beyond all clocks",
        remedy: "let times begin near 0; only their differences count")
    case (_, .negative):
      throw error(
        "the time \(Self.quoted(field)) is negative",
        remedy: "let times begin at 0; only their differences count")
    case (_, .notANumber):
      throw error(
        "the time \(Self.quoted(field)) is not a number", remedy: "write a plain number")
    }
  }

  private mutating func add(size field: Data) throws(HarnessError) {
    guard case .value(let size, billionths: 0) = DecimalField(field),
      JobLimits.sizes.contains(ByteCount(Int(clamping: size)))
    else {
      throw error(
        "the size \(Self.quoted(field)) is not a whole number of bytes from"
          + " \(JobLimits.sizes.lowerBound) to \(JobLimits.sizes.upperBound)",
        remedy: "write the payload's bytes, such as 4096")
    }
    sizes.append(size)
  }

  private static func quoted(_ field: Data) -> String {
    "`\(String(decoding: field.prefix(40), as: UTF8.self))`"
  }

  func trace() throws(HarnessError) -> Trace {
    guard unit != nil, let last = starts.last else {
      throw HarnessError(
        .job, at: path, "the trace is empty",
        remedy: "give it a header such as time_s,size_bytes, and two messages or more")
    }
    guard starts.count > 1, last > 0 else {
      throw HarnessError(
        .job, at: path, "the trace has no two messages that start at different times, so no rate",
        remedy: "give it two messages or more")
    }
    let table: TraceTable
    do {
      table = try TraceTable(starts: starts, sizes: sizes)
    } catch {
      throw HarnessError(.job, at: path, "no memory for the trace: \(error)", remedy: "free some")
    }
    return Trace(
      path: path, digest: digest, messages: starts.count, span: Nanoseconds(Int(last)),
      sizes: traceSizes, table: table)
  }

  private var traceSizes: Trace.Sizes? {
    guard let smallest = sizes.min(), let largest = sizes.max() else { return nil }
    return Trace.Sizes(
      smallest: ByteCount(Int(smallest)), largest: ByteCount(Int(largest)),
      mean: Double(sizes.reduce(0, +)) / Double(sizes.count))
  }

  /// FNV-1a over all words, sizes after starts.
  private var digest: String {
    var hash = LaunchSlot.hash(hasSizes ? "times and sizes" : "times")
    for word in starts + sizes {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        hash = (hash ^ (word >> shift & 0xff)) &* 0x100_0000_01b3
      }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
