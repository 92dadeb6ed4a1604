// SPDX-License-Identifier: Apache-2.0

extension Report {
  /// Everything that has no number, with the reason.
  func addProblems(to document: inout Document) {
    let broken = run.cells.filter { $0.status == .failed || $0.status == .invalid }
    if !broken.isEmpty {
      document.add(.heading("Failed and invalid cells"))
      document.add(
        .list(
          broken.map { cell in
            "\(cell.status.rawValue): \(cell.cell.id): \(cell.summary.reason ?? "no reason given")"
          }))
    }
    let skipped = run.cells.filter { $0.status == .skipped }
    guard !skipped.isEmpty else { return }
    document.add(.heading("Skipped cells"))
    document.add(.list(Self.byReason(skipped)))
  }

  /// One line per reason: how many cells, and the values of the axes they span.
  private static func byReason(_ cells: [RunCell]) -> [String] {
    var reasons: [String] = []
    var members: [String: [Cell]] = [:]
    for cell in cells {
      let reason = cell.summary.reason ?? "no reason given"
      if members[reason] == nil { reasons.append(reason) }
      members[reason, default: []].append(cell.cell)
    }
    return reasons.map { reason in
      let cells = members[reason] ?? []
      let spans = [
        span(cells.map(\.workload)), span(cells.map(\.store)), span(cells.map(\.serializer)),
        span(cells.map(\.size).sorted().map(\.description)), span(cells.map(\.wait)),
        span(cells.map(\.placement.description)),
      ]
      let count = cells.count == 1 ? "1 cell" : "\(cells.count) cells"
      return "\(reason) (\(count): \(spans.joined(separator: " / ")))"
    }
  }

  /// Each value once, in order of appearance.
  private static func span(_ values: [String]) -> String {
    values.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      .joined(separator: " ")
  }

  /// What the marks mean; only what this run needs.
  var legend: [String] {
    var legend = [
      "Values are medians over launches; [low, high] is the exact sign-test interval of the median,"
        + " at least 95 %, and is missing below 6 launches.",
      "Percentiles come from histograms, never from averages. ~ has fewer than 100 samples beyond"
        + " it, - fewer than 10.",
      "roof is the share of what the machine itself can do, measured in this run: memcpy of that"
        + " size for streams, a bare ping-pong of the same wait for ping-pongs.",
      "lost counts lost, duplicated, reordered, corrupt and torn messages; any makes the cell"
        + " invalid.",
      "The detectable effect of a cell is exp(h sqrt 2) - 1, where h is half its interval in natural"
        + " logarithms: about the least difference between two such cells that would show.",
      "Numbers compare within a table, not between tables and not between runs.",
    ]
    if run.cells.contains(where: { $0.cell.latency == .halfRoundTrip && $0.status == .ok }) {
      legend.append("Ping-pong latencies are half a round trip (RTT/2).")
    }
    if run.cells.contains(where: { $0.cell.load == .closed && $0.status == .ok }) {
      legend.append(
        "Closed-loop percentiles leave out the messages that a stall kept from being sent.")
    }
    return legend
  }
}
