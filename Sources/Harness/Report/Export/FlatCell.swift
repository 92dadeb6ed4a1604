// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// What is known of a cell as one row of named fields, for programs that do not nest.
struct FlatCell {
  enum Value {
    case text(String?)
    case count(Int?)
    case number(Double?)
  }

  let fields: [(name: String, value: Value)]

  init(_ cell: RunCell, run: Run) {
    let (plan, metrics, integrity) = (cell.cell, cell.summary.metrics, cell.summary.integrity)
    let latency = metrics.felt
    let counted = cell.samples.isEmpty ? nil : integrity
    fields =
      [
        ("run", .text(run.header.id)), ("commit", .text(run.build.commit)),
        ("cell", .text(plan.id)),
        ("status", .text(cell.status.rawValue)), ("reason", .text(cell.summary.reason)),
        ("workload", .text(plan.workload)), ("load", .text(plan.load.description)),
        ("store", .text(plan.store)), ("serializer", .text(plan.serializer)),
        ("size_bytes", .count(plan.size.bytes)), ("depth", .count(plan.depth)),
        ("wait", .text(plan.wait)), ("backpressure", .text(plan.backpressure.rawValue)),
        ("producers", .count(plan.producers)), ("customers", .count(plan.customers)),
        ("placement", .text(plan.placement.description)),
        ("verify", .text(plan.verification.rawValue)),
        ("launches", .count(cell.summary.launches)),
        ("latency_kind", .text(latency.map(\.kind.rawValue))),
      ] + Self.interval("p50_ns", latency?.p50.value, latency?.p50.low, latency?.p50.high)
      + [
        ("p99_ns", .number(latency?.p99.value)), ("p99_9_ns", .number(latency?.p999.value)),
        ("max_ns", .number(latency?.maximum)),
      ] + Self.interval("messages_per_s", metrics.messagesPerSecond)
      + Self.interval("bytes_per_s", metrics.bytesPerSecond)
      + [
        ("cores_busy", .number(metrics.busyCores?.value)),
        ("roof_share", .number(metrics.roof?.share)), ("sent", .count(counted?.sent)),
        ("received", .count(counted?.received)), ("violations", .count(counted?.violations)),
        ("dropped", .count(counted?.dropped)), ("skipped", .count(counted?.skipped)),
      ]
  }

  private static func interval(_ name: String, _ estimate: Estimate?) -> [(String, Value)] {
    interval(name, estimate?.value, estimate?.low, estimate?.high)
  }

  private static func interval(
    _ name: String, _ value: Double?, _ low: Double?, _ high: Double?
  ) -> [(String, Value)] {
    [(name, .number(value)), ("\(name)_low", .number(low)), ("\(name)_high", .number(high))]
  }

  static func csv(_ run: Run) -> String {
    let rows = run.cells.map { FlatCell($0, run: run).fields }
    // The names are those of any cell; a run without one has none.
    let names = rows.first.map { [$0.map(\.name)] } ?? []
    let lines = names + rows.map { row in row.map { Self.csv($0.value) } }
    return lines.map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private static func csv(_ value: Value) -> String {
    switch value {
    case .text(let text): quoted(text ?? "")
    case .count(let count): count.map(String.init) ?? ""
    case .number(let number): number.map { "\($0)" } ?? ""
    }
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
    return "\"\(text.replacingOccurrences(of: "\"", with: "\"\""))\""
  }

  static func jsonLines(_ run: Run) throws(HarnessError) -> String {
    var lines = ""
    for cell in run.cells {
      lines += try ExportJSON.text(FlatCell(cell, run: run), isPretty: false)
    }
    return lines
  }
}

extension FlatCell: Encodable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// What is unknown is null, so that every line has the same names.
  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Name.self)
    for (name, value) in fields {
      let key = Name(stringValue: name)
      switch value {
      case .text(let text): try values.encode(text, forKey: key)
      case .count(let count): try values.encode(count, forKey: key)
      case .number(let number): try values.encode(number, forKey: key)
      }
    }
  }
}

/// JSON as exports write it: keys sorted, so that the same run makes the same file.
enum ExportJSON {
  static func text(_ value: some Encodable, isPretty: Bool = true) throws(HarnessError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      throw HarnessError(
        .run, "the run has a number that JSON cannot hold (\(error))",
        remedy: "record it again with this build")
    }
  }
}
