// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Harness
internal import Transport

/// Rings as `weir inspect` shows them, with rates where there was a look before.
struct InspectReport: Encodable {
  let schema = "weir-inspect/1"
  let rings: [Entry]
  /// When the rings were read, in seconds of a clock that only grows.
  private let time: Double

  struct Entry: Encodable {
    let ring: RingSnapshot
    /// Items published per second since the last look; nil at the first.
    let itemsPerSecond: Double?

    private enum CodingKeys: String, CodingKey { case itemsPerSecond = "items_per_s" }

    func encode(to encoder: any Encoder) throws {
      try ring.encode(to: encoder)
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(itemsPerSecond, forKey: .itemsPerSecond)
    }
  }

  private enum CodingKeys: String, CodingKey { case schema, rings }

  init(
    rings: [RingSnapshot], since last: InspectReport?,
    time: Double = ProcessInfo.processInfo.systemUptime
  ) {
    self.time = time
    self.rings = rings.map { ring in
      Entry(ring: ring, itemsPerSecond: last.flatMap { Self.rate(of: ring, since: $0, at: time) })
    }
  }

  /// Nil when the ring was not there, or another one had its name.
  private static func rate(
    of ring: RingSnapshot, since last: InspectReport, at time: Double
  ) -> Double? {
    guard let head = ring.counts?.head,
      let before = last.rings.map(\.ring).first(where: {
        $0.name == ring.name && $0.producer == ring.producer && $0.processes == ring.processes
      })?.counts?.head, time > last.time
    else { return nil }
    let items = Int64(bitPattern: head &- before)
    return items < 0 ? nil : Double(items) / (time - last.time)
  }

  var document: Document {
    guard !rings.isEmpty else { return Document([.line("no ring is open")]) }
    var document = Document([])
    for entry in rings { document.blocks += Self.blocks(entry) }
    return document
  }

  private static func blocks(_ entry: Entry) -> [Document.Block] {
    let ring = entry.ring
    let producer = ring.producer.map { "process \($0)" } ?? "process unknown"
    var blocks: [Document.Block] = [
      .heading("\(ring.name ?? "(no name)"): \(ring.state.rawValue), \(producer)")
    ]
    if let problem = ring.problem { blocks.append(.alarm(problem)) }
    if let counts = ring.counts {
      var words = [
        "head \(counts.head)", "tail \(counts.tail)", "held \(counts.held) of \(counts.capacity)",
        "arena \(ByteCount(counts.arenaByteCount))", "dropped \(counts.dropped)",
        "evicted \(counts.evicted)", "serializer \(counts.serializer ?? "-")",
      ]
      if let rate = entry.itemsPerSecond { words.append("\(Figures.text(rate)) items/s") }
      blocks.append(.line(words.joined(separator: ", ")))
    }
    if !ring.customers.isEmpty { blocks.append(.table(table(ring.customers))) }
    return blocks
  }

  private static func table(_ customers: [RingSnapshot.Customer]) -> Table {
    let words = ["process", "store", "strategy", "state"]
    let numbers = ["cursor", "lag", "skipped", "dropped"]
    let columns =
      [Table.Column("place", isNumber: true)] + words.map { Table.Column($0) }
      + numbers.map { Table.Column($0, isNumber: true) }
    let rows = customers.map { customer in
      let isWrong = customer.state == .dead || customer.state == .corrupt
      return [
        Table.Field("\(customer.place)"),
        Table.Field(customer.process.map { "\($0)" } ?? "-"),
        Table.Field(customer.store?.rawValue ?? "-"), Table.Field(customer.strategy ?? "-"),
        Table.Field(customer.state.rawValue, isWrong ? .alarm : .none),
        Table.Field("\(customer.cursor)"), Table.Field("\(customer.lag)"),
        Table.Field("\(customer.skipped)"), Table.Field("\(customer.dropped)"),
      ]
    }
    return Table(caption: "", columns: columns, rows: rows)
  }
}
