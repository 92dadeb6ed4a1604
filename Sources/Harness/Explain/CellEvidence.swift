// SPDX-License-Identifier: Apache-2.0

/// What a run knows about a cell, in the terms that rules are written in; nil is unknown.
struct CellEvidence {
  let explainer: Explainer
  let runCell: RunCell
  /// Launches that worked.
  let launches: [LaunchRecord]

  var run: Run { explainer.run }
  var cell: Cell { runCell.cell }
  var metrics: CellMetrics { runCell.summary.metrics }
  var noise: Noise { runCell.summary.noise }

  init(_ cell: RunCell, in explainer: Explainer) {
    self.explainer = explainer
    runCell = cell
    pace = explainer.pace(cell)
    launches = cell.samples.filter { $0.errors.isEmpty }
  }

  /// Messages received while noise was counted: both begin with the warm-up.
  var received: Int { launches.reduce(0) { $0 + $1.integrity.received } }

  /// How often something the kernel counts happened for each message received.
  func perMessage(_ counter: KeyPath<Noise, Int?>) -> Double? {
    guard received > 0 else { return nil }
    return noise[keyPath: counter].map { Double($0) / Double(received) }
  }

  /// Nanoseconds that the launches worked, warm-up included; what began and ended them is not in it.
  var elapsed: Double {
    launches.reduce(0) { sum, launch in
      sum + Double(cell.warmup.count + launch.slices.reduce(0) { $0 + $1.duration.count })
    }
  }

  /// Nanoseconds from one message to the next, or that a message takes where that is measured.
  let pace: Pace?

  /// Threads of the transport: each producer and each customer is one.
  var ends: Int { cell.producers + cell.customers }

  /// CPUs that both ends together had; nil when nobody looked.
  var seats: Int? {
    runCell.summary.placement.map { Set($0.producerCPUs).union($0.customerCPUs).count }
      .flatMap { $0 > 0 ? min($0, ends) : nil }
  }

  /// Whether an end that waits keeps its CPU busy, so that a busy CPU says nothing about work.
  var polls: Bool { cell.wait.hasPrefix("spin") }

  var quarantined: [String] {
    launches.flatMap { launch in
      launch.slices.enumerated().compactMap { index, slice in
        slice.quarantine.map { "launch \(launch.launch), slice \(index): \($0)" }
      }
    }
  }

  var figures: [String] {
    guard runCell.status == .ok else { return [] }
    let latency = metrics.felt.map { "p50 \(Self.text($0.p50)), p99 \(Self.text($0.p99))" }
    let kind = metrics.felt.map {
      " (\($0.kind.rawValue)\(cell.load == .closed ? "" : ", response"))"
    }
    let cores = metrics.busyCores.map { busy in
      "\(Figures.text(busy.value)) cores busy" + (seats.map { " of \($0)" } ?? "")
    }
    return [
      latency.map { "latency: \($0)\(kind ?? "")" },
      metrics.messagesPerSecond.map { "messages: \(Self.text($0, .messageRate))" },
      metrics.bytesPerSecond.map { "payload: \(Self.text($0, .bandwidth))" },
      cores.map { "cores: \($0)" }, roof.map { "roof: \($0)" },
      "launches: \(runCell.summary.launches) of \(launches.count) compared",
    ].compactMap { $0 }
  }

  private var roof: String? {
    guard let roof = metrics.roof else { return nil }
    guard let share = roof.share, let limit = roof.limit else { return roof.reason }
    return "\(Self.percent(share)) of \(limit)"
  }
}

extension CellEvidence {
  static func percent(_ share: Double) -> String { "\(Figures.text(share * 100)) %" }

  static func time(_ nanoseconds: Double) -> String {
    let unit = ColumnUnit(.time, for: [nanoseconds])
    return "\(unit.text(nanoseconds)) \(unit.label ?? "")"
  }

  private static func text(_ percentile: PercentileEstimate) -> String {
    percentile.value.map { interval(.time, $0, percentile.low, percentile.high) } ?? "unsupported"
  }

  static func text(_ estimate: Estimate, _ quantity: Quantity) -> String {
    interval(quantity, estimate.value, estimate.low, estimate.high)
  }

  static func interval(
    _ quantity: Quantity, _ value: Double, _ low: Double?, _ high: Double?
  ) -> String {
    let unit = ColumnUnit(quantity, for: [value])
    let text =
      if let low, let high {
        unit.text(value, low: low, high: high)
      } else { unit.text(value) }
    return "\(text) \(unit.label ?? "")"
  }
}
