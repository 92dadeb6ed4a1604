// SPDX-License-Identifier: Apache-2.0

/// The best cell of one size in one table, with those whose launches mingle with its own.
struct Headline {
  let fields: [Table.Field]

  static func all(of group: ComparableGroup, _ explainer: Explainer) -> [Headline] {
    guard group.cells.count > 1 else { return [] }
    return group.sizes.compactMap { Headline(group, size: $0, explainer) }
  }

  private init?(_ group: ComparableGroup, size: ByteCount, _ explainer: Explainer) {
    let paces = group.cells.filter { $0.cell.size == size && !$0.cell.movesNothing }
      .compactMap { cell in explainer.pace(cell).map { (cell: cell, pace: $0) } }
    guard paces.count > 1, let best = paces.min(by: { $0.pace.value < $1.pace.value }) else {
      return nil
    }
    let rivals = paces.filter {
      $0.cell.cell.id != best.cell.cell.id && $0.pace.mingles(with: best.pace)
    }
    let first = group.first
    let load = first.load == .closed ? "" : " \(first.load)"
    let ends =
      first.customers == 1 && first.producers == 1 ? "" : " \(first.producers)p\(first.customers)c"
    fields = [
      .init("\(first.workload)\(load), \(first.wait)\(ends)"), .size(size),
      .init(Self.value(best.cell, group), rank: best.pace.value),
      .init(Self.name(best.cell, group)),
      .init(rivals.map { Self.name($0.cell, group) }.joined(separator: ", ")),
    ]
  }

  private static func value(_ cell: RunCell, _ group: ComparableGroup) -> String {
    let metrics = cell.summary.metrics
    if group.measuresTime {
      return metrics.felt?.p50.value.map { "\(CellEvidence.time($0)) p50" } ?? ""
    }
    // Small messages are counted, large ones weighed.
    let isSmall = cell.cell.size < Roof.smallestCopyBound
    let rate = isSmall ? metrics.messagesPerSecond : metrics.bytesPerSecond
    return rate.map {
      CellEvidence.interval(isSmall ? .messageRate : .bandwidth, $0.value, nil, nil)
    } ?? ""
  }

  private static func name(_ cell: RunCell, _ group: ComparableGroup) -> String {
    "\(cell.cell.store) \(cell.cell.serializer)" + (group.isGrid ? "" : " d\(cell.cell.depth)")
  }
}

extension Cell {
  /// Whether its number says nothing about moving bytes: nothing moves, or a reference does.
  fileprivate var movesNothing: Bool {
    store == "null" || latency == .nothing
  }
}
