// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// A run seen by where its ends sat: one block of producers by customers per home of the memory.
///
/// Made from the run alone, so that a stored one shows it too.
public struct PlacementMatrix: Sendable {
  /// One measured placement.
  public struct Entry: Sendable {
    public let cell: RunCell
    public let producer: String
    public let customer: String
    public let segment: String
  }

  /// Cells that differ in nothing but their placement.
  public struct Series: Sendable {
    public let entries: [Entry]
    let unit: ColumnUnit
    private let places: [Place: Int]
    /// The smallest and the largest value; nil without any.
    private let range: ClosedRange<Double>?

    private struct Place: Hashable {
      let producer: String
      let customer: String
      let segment: String
    }

    /// - Precondition: at least one entry.
    init(entries: [Entry]) {
      self.entries = entries
      let values = entries.compactMap { $0.value?.value }
      unit = ColumnUnit(entries[0].cell.cell.measuresTime ? .time : .bandwidth, for: values)
      let positive = values.filter { $0 > 0 }
      range = positive.min().flatMap { low in positive.max().map { low...$0 } }
      let keys = entries.map {
        Place(producer: $0.producer, customer: $0.customer, segment: $0.segment)
      }
      places = Dictionary(zip(keys, entries.indices), uniquingKeysWith: { first, _ in first })
    }

    var first: Cell { entries[0].cell.cell }

    func entry(_ producer: String, _ customer: String, _ segment: String) -> Entry? {
      places[Place(producer: producer, customer: customer, segment: segment)].map { entries[$0] }
    }

    /// From 0, the best of the series, to 1, its worst, by ratio; nil for an entry without a value.
    func heat(of entry: Entry) -> Double? {
      guard let own = entry.value?.value, own > 0, let range else { return nil }
      // Within a twentieth, launches differ as much as placements do.
      guard range.upperBound / range.lowerBound > 1.05 else { return 0 }
      let share = log(own / range.lowerBound) / log(range.upperBound / range.lowerBound)
      return first.measuresTime ? share : 1 - share
    }
  }

  public let run: Run
  /// In plan order.
  public let series: [Series]

  /// Nil for a run in which nothing was measured at two placements.
  public init?(_ run: Run) {
    var keys: [String] = []
    var members: [String: [Entry]] = [:]
    for cell in run.cells where cell.status != .skipped {
      guard case .parts(let producer, let customer, let segment) = cell.cell.placement else {
        continue
      }
      let key = Self.key(cell.cell)
      if members[key] == nil { keys.append(key) }
      members[key, default: []].append(
        Entry(cell: cell, producer: producer, customer: customer, segment: segment))
    }
    self.run = run
    series = keys.compactMap { key in members[key].map { Series(entries: $0) } }
    guard series.contains(where: { $0.entries.count > 1 }) else { return nil }
  }

  /// The cell's id without its placement.
  private static func key(_ cell: Cell) -> String {
    var cell = cell
    cell.placement = .preset("*")
    return cell.id
  }
}

extension PlacementMatrix.Series {
  var producers: [String] { Self.distinct(entries.map(\.producer)) }
  var customers: [String] { Self.distinct(entries.map(\.customer)) }
  var segments: [String] { Self.distinct(entries.map(\.segment)) }

  private static func distinct(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }

  /// Such as `p50 latency, RTT/2 in ns · pingpong · shm raw 64B · wait spin`.
  var heading: String {
    let unit = unit.label.map { " in \($0)" } ?? ""
    let what: String =
      switch (first.measuresTime, first.latency) {
      case (false, _): "throughput"
      case (true, .halfRoundTrip): "p50 latency, RTT/2"
      case (true, let kind): "p50 time, \(kind.rawValue)"
      }
    let workers = first.customers == 1 ? "" : " · \(first.customers) customers"
    return "\(what)\(unit) · \(first.workload) · \(first.store) \(first.serializer) \(first.size)"
      + " · wait \(first.wait)\(workers)"
  }
}

extension PlacementMatrix.Entry {
  /// Nil where the numbers are withheld or missing.
  var value: HeadlineValue? { cell.status == .ok ? HeadlineValue(cell) : nil }

  /// Whether CPUs and pages were seen to be where they were asked to be.
  public var isVerified: Bool { cell.summary.placement?.verified == true }

  /// The value with its interval; `~` before one with few samples, `?` behind one whose placement
  /// nobody could verify.
  func text(_ unit: ColumnUnit) -> String {
    guard cell.status == .ok else { return cell.status.rawValue }
    guard let value else { return "-" }
    let number =
      value.hasInterval
      ? unit.text(value.value, low: value.low, high: value.high) : unit.text(value.value)
    return (value.isWeak ? "~" : "") + number + (isVerified ? "" : "?")
  }
}
