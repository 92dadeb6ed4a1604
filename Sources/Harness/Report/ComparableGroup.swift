// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// Cells whose numbers may stand in one table.
struct ComparableGroup {
  let first: Cell
  /// Every cell that was meant to run, in plan order; skipped ones are listed elsewhere.
  let cells: [RunCell]

  /// Groups the cells of a run by everything but store, serializer, size and depth.
  static func all(in run: Run) -> [ComparableGroup] {
    var keys: [String] = []
    var members: [String: [RunCell]] = [:]
    for cell in run.cells where cell.status != .skipped {
      let key = cell.cell.comparableKey
      if members[key] == nil { keys.append(key) }
      members[key, default: []].append(cell)
    }
    return keys.compactMap { key in
      guard let cells = members[key], let first = cells.first else { return nil }
      return ComparableGroup(first: first.cell, cells: cells)
    }
  }

  /// Ascending, each once.
  var sizes: [ByteCount] { Set(cells.map(\.cell.size)).sorted() }

  /// Store and serializer pairs in the order in which they first appear.
  var pairs: [Pair] {
    cells.reduce(into: []) { pairs, cell in
      let pair = Pair(store: cell.cell.store, serializer: cell.cell.serializer)
      if !pairs.contains(pair) { pairs.append(pair) }
    }
  }

  struct Pair: Hashable {
    let store: String
    let serializer: String

    var label: String { "\(store) \(serializer)" }
  }

  /// The cell of a row and column; depth may make several, of which the first is meant.
  func cell(_ pair: Pair, _ size: ByteCount) -> RunCell? {
    cells.first {
      $0.cell.store == pair.store && $0.cell.serializer == pair.serializer && $0.cell.size == size
    }
  }

  /// Whether pair and size name one cell each, as a grid needs.
  var isGrid: Bool {
    Set(cells.map { "\($0.cell.store)/\($0.cell.serializer)/\($0.cell.size)" }).count
      == cells.count
  }

  /// Whether the number to look for is a time; a throughput otherwise.
  var measuresTime: Bool { first.measuresTime }

  var heading: String {
    let workers =
      "\(first.producers) producer\(first.producers == 1 ? "" : "s") to"
      + " \(first.customers) customer\(first.customers == 1 ? "" : "s")"
    let load =
      switch first.load {
      case .closed: "closed loop"
      case .open(let rate, .fixed): "open loop at \(rate)"
      case .open(let rate, .poisson): "open loop at \(rate), Poisson"
      case .trace(let trace): "open loop by trace \(trace.summary)"
      }
    return [
      first.workload, load, "wait \(first.wait)", workers, first.backpressure.rawValue,
      first.placement.description, pages, replicas, verification,
    ].compactMap { $0 }.joined(separator: " · ")
  }

  private var pages: String? {
    first.pages == .automatic ? nil : "\(first.pages) pages"
  }

  private var replicas: String? {
    first.replicas == .none ? nil : "replicas \(first.replicas)"
  }

  private var verification: String {
    first.verification == .off
      ? "verify OFF: payloads unchecked" : "verify \(first.verification.rawValue)"
  }

  /// How often and how long, over all cells.
  var method: String {
    func span<Value: Comparable & CustomStringConvertible>(_ values: [Value]) -> String {
      guard let low = values.min(), let high = values.max() else { return "-" }
      return low == high ? "\(low)" : "\(low) to \(high)"
    }
    let samples = cells.map(\.cell)
    return "\(span(cells.map(\.summary.launches))) launches of fresh processes per cell,"
      + " \(span(samples.map(\.measure))) each in slices of \(span(samples.map(\.slice)))"
      + " after \(span(samples.map(\.warmup))) of warm-up, interleaved"
  }

  var latencyLabel: String {
    switch (first.load, first.latency) {
    case (.closed, .halfRoundTrip):
      "Latency is RTT/2, closed loop with one message in flight."
    case (.closed, .oneWay):
      "Latency is one way in a closed loop: the queue is as full as the producer can make it, so"
        + " it is mostly waiting time and no response time."
    case (.closed, .perSend):
      "Latency is the producer's time per message while it sends a burst into a ring with room; the"
        + " customers receive it meanwhile."
    case (.closed, .perGet):
      "Latency is the customer's time for a get when the ring is full: it takes the newest message and"
        + " passes over the others, one less than the depth."
    case (.closed, .nothing):
      "Nothing is sent but one message at the end: see the cores that waiting takes."
    case (.open, _), (.trace, _):
      "resp is from the intended start (coordinated omission counted), serv from the actual start, and"
        + " lag is how late the generator started a message: its own, or the transport's that held it up."
    }
  }
}
