// SPDX-License-Identifier: Apache-2.0

/// The one number people look for, with sizes as columns: p50 of a ping-pong, throughput of a
/// stream.
struct HeadlineTable {
  let group: ComparableGroup

  /// Nil when there is one size only, or a grid could not show every cell.
  var table: Table? {
    guard group.sizes.count > 1, group.isGrid, group.first.latency != .nothing else { return nil }
    var columns: [Table.Column] = [.word("store"), .word("serializer")]
    var rows = group.pairs.map { [Table.Field($0.store), Table.Field($0.serializer)] }
    for size in group.sizes {
      let cells = group.pairs.map { group.cell($0, size) }
      let values = cells.compactMap { $0.flatMap(HeadlineValue.init)?.value }
      let unit = ColumnUnit(quantity, for: values)
      columns.append(.number(unit.label.map { "\(size) \($0)" } ?? "\(size)"))
      for (row, cell) in cells.enumerated() {
        rows[row].append(field(cell, unit, rivals: cells))
      }
    }
    return Table(caption: caption, columns: columns, rows: rows)
  }

  private var quantity: Quantity { group.measuresTime ? .time : .bandwidth }

  private var caption: String {
    if group.first.load != .closed { return "p50 response time, from the intended start" }
    return switch group.first.latency {
    case .halfRoundTrip: "p50 latency, RTT/2, closed loop"
    case .perSend: "p50 of the producer's time per message of a burst"
    case .perGet: "p50 of the customer's time for a get"
    case .oneWay, .nothing: "throughput, verified payload received"
    }
  }

  private func field(
    _ cell: RunCell?, _ unit: ColumnUnit, rivals: [RunCell?]
  ) -> Table.Field {
    guard let cell else { return Table.Field("") }
    guard cell.status == .ok else { return Table.Field(cell.status.rawValue, .alarm) }
    guard let own = HeadlineValue(cell) else { return Table.Field("-") }
    return Table.Field(unit.text(own.value), isBest(own, rivals) ? .best : .none, rank: own.value)
  }

  /// Nil without an interval, too: what cannot be told apart is not called best.
  private func isBest(_ own: HeadlineValue, _ rivals: [RunCell?]) -> Bool {
    let values = rivals.compactMap { $0.flatMap { $0.status == .ok ? HeadlineValue($0) : nil } }
    guard values.count > 1, own.hasInterval else { return false }
    return values.allSatisfy {
      group.measuresTime ? own.low <= $0.high : own.high >= $0.low
    }
  }
}
