// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Topology

extension MatrixPlan {
  /// What would be measured and why that is enough; with what it costs on request.
  func document(estimate: Bool) -> Document {
    var blocks: [Document.Block] = [.line(machine.summary), .table(table(estimate: estimate))]
    let skipped = skippedByReason
    if !skipped.isEmpty {
      let columns = [Table.Column("skipped"), Table.Column("reason")]
      let rows = skipped.map { [Table.Field($0.name), Table.Field($0.reason)] }
      blocks.append(.table(Table(caption: "", columns: columns, rows: rows)))
    }
    blocks.append(.heading(plan.summary))
    blocks += plan.notes.map { .line("note: \($0)") }
    if estimate { blocks += priced }
    return Document(blocks)
  }

  private func table(estimate: Bool) -> Table {
    let showsModel = estimate && fanOut.isEmpty
    var columns = [
      Table.Column("class"), Table.Column("producer"), Table.Column("customer"),
      Table.Column("segment"), Table.Column("placements", isNumber: true),
    ]
    if showsModel {
      columns += [
        Table.Column("latency ×", isNumber: true), Table.Column("bandwidth ×", isNumber: true),
      ]
    }
    let rows = rows.map { row in
      var fields = [row.name, row.producer, row.customer, row.segment, Figures.grouped(row.count)]
      if showsModel {
        fields += [row.latency, row.bandwidth].map { $0.map { Figures.text($0) } ?? "-" }
      }
      return fields.map { Table.Field($0) }
    }
    return Table(
      caption: showsModel ? "× as in one node: model by NUMA distances, not measured" : "",
      columns: columns, rows: rows)
  }

  /// Once per group and reason, however many sizes.
  private var skippedByReason: [(name: String, reason: String)] {
    var seen: Set<String> = []
    return plan.cells.compactMap { cell in
      guard let reason = cell.skip else { return nil }
      let name = cell.group ?? cell.placement.description
      return seen.insert("\(name) \(reason)").inserted ? (name, reason) : nil
    }
  }

  private var priced: [Document.Block] {
    let price = price
    func seconds(_ time: Nanoseconds) -> String { "\(Figures.text(time.seconds)) s" }
    func mebibytes(_ bytes: Double) -> String { "\(Figures.text(bytes / 1_048_576)) MiB" }
    var blocks: [Document.Block] = [
      .heading("What it costs"),
      .list([
        "time: \(seconds(price.total)) for \(Figures.grouped(price.launches)) launches of all"
          + " \(plan.cells.count) cells, skipped ones too: \(seconds(price.starting)) starting,"
          + " \(seconds(price.touching)) touching, \(seconds(price.warmup)) warming up,"
          + " \(seconds(price.measure)) measuring",
        "at most at a time: \(price.largest.processes) worker process(es),"
          + " \(price.largest.descriptors) descriptors in the harness, \(price.largest.segments)"
          + " segment(s) of \(mebibytes(price.largest.segmentBytes)),"
          + " \(mebibytes(price.largest.privateBytes)) of the workers' own",
      ]),
    ]
    if model.isAssumed {
      blocks.append(
        .line(
          "note: the machine gives no NUMA distances: 10 within and 20 between nodes are assumed"))
    }
    blocks += fanOutBlocks
    return blocks
  }

  private var fanOutBlocks: [Document.Block] {
    guard !fanOut.isEmpty else { return [] }
    let columns =
      [Table.Column("placement"), Table.Column("caches")]
      + [
        "work", "work (r)", "gain", "crossings", "crossings (r)", "in a row", "in a row (r)",
      ].map { Table.Column($0, isNumber: true) }
    let rows = fanOut.flatMap { one in
      [false, true].map { shares in
        let cost = fanOutEstimate(one, sharesCaches: shares)
        let numbers = [
          cost.direct.work, cost.replicated.work, cost.gain, Double(cost.direct.crossings),
          Double(cost.replicated.crossings), cost.direct.depth, cost.replicated.depth,
        ]
        return [Table.Field(one.name), Table.Field(shares ? "shared" : "none")]
          + numbers.map { Table.Field(Figures.text($0)) }
      }
    }
    let nodes = machine.spread(customers: job.customers).sorted { $0.key < $1.key }
    let spread = nodes.map { "node:\($0.key) \($0.value)" }.joined(separator: ", ")
    return [
      .heading("One message to \(job.customers) customers, with and without a replica per node"),
      .line(
        "Model, not measured: line transfers by NUMA distance, 1 within a node, per line of the"
          + " message. (r): with a replica, written once per node. Caches: whether customers under one"
          + " L3 read a line once. Customers one per PU: \(spread)."),
      .table(Table(caption: "", columns: columns, rows: rows)),
    ]
  }
}

extension Plan {
  /// `8 cells: 6 to measure in 72 launches, about 20.1 s; 2 skipped; seed 1`.
  var summary: String {
    let runnable = cells.count { $0.skip == nil }
    return "\(cells.count) cells: \(runnable) to measure in \(order.count) launches, about"
      + " \(Figures.text(estimate.seconds)) s; \(cells.count - runnable) skipped; seed \(seed)"
  }
}
