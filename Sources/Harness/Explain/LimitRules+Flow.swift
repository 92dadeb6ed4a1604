// SPDX-License-Identifier: Apache-2.0

extension LimitRules {
  /// The page that a fault brings in; a run does not record its kernel's, and this is the common one.
  private static let pageBytes = 4096.0

  /// So many faults for each page of a message, or for each smaller message, and it is mostly fresh.
  static let faultShare = 0.5

  static func faults(_ evidence: CellEvidence, _ unavailable: inout [String]) -> Finding? {
    guard let minor = evidence.perMessage(\.minorFaults) else {
      unavailable.append("page faults: they were not counted")
      return nil
    }
    if let major = evidence.noise.majorFaults, major > 0 {
      return Finding(
        .faults, "faults: \(major) page(s) had to come from a disk while it measured",
        remedy: "free memory, and turn off swap while measuring")
    }
    let pages = max(1, Double(evidence.cell.size.bytes) / pageBytes)
    guard minor / pages >= faultShare else { return nil }
    return Finding(
      .faults,
      "faults: \(Figures.text(minor)) a message of \(Figures.text(max(1, pages.rounded(.up)))) page(s):"
        + " most of it is memory that was never touched before",
      remedy: "keep memory in use instead of asking for fresh: a longer warm-up, a smaller `depth`,"
        + " or `pages: huge`")
  }

  /// Fewer drops than this are a stall, not the usual state.
  static let dropShare = 0.01

  static func drops(_ evidence: CellEvidence, _ unavailable: inout [String]) -> Finding? {
    guard evidence.cell.latency == .oneWay else { return nil }
    if evidence.cell.backpressure == .block {
      if evidence.cell.load == .closed {
        unavailable.append("how long the producer waited for room: runs do not record it")
      }
      return nil
    }
    let integrity = evidence.runCell.summary.integrity
    guard integrity.sent > 0 else { return nil }
    let share = Double(integrity.dropped) / Double(integrity.sent)
    guard share >= dropShare else { return nil }
    return Finding(
      .backpressure,
      "backpressure: \(CellEvidence.percent(share)) of the messages were dropped, the customer does not"
        + " keep up",
      remedy: "offer what it can take (`load: open:RATE`), make receiving cheaper, or `block`")
  }

  static func skips(_ evidence: CellEvidence, _: inout [String]) -> Finding? {
    let integrity = evidence.runCell.summary.integrity
    // A get of the newest passes over all others on purpose.
    guard evidence.cell.latency == .oneWay, integrity.sent > 0 else { return nil }
    let share = Double(integrity.skipped) / Double(integrity.sent)
    guard share >= dropShare else { return nil }
    return Finding(
      .backpressure,
      "its customer passed over \(CellEvidence.percent(share)) of the messages: it is slower than the"
        + " producer",
      remedy: "take every message (`strategy: all`) to see what the customer carries")
  }

  /// A start this late, as a share of the time between two messages, is a queue before the transport.
  static let lateShare = 0.5

  static func generator(_ evidence: CellEvidence, _ unavailable: inout [String]) -> Finding? {
    guard let rate = evidence.cell.load.rate else { return nil }
    guard let lag = evidence.metrics.lag?.p50.value else {
      unavailable.append("how late messages were started: the run has no generator lag")
      return nil
    }
    let gap = 1e9 / Double(rate.perSecond)
    guard lag >= lateShare * gap else { return nil }
    return Finding(
      .generator,
      "late starts: half of the messages start \(CellEvidence.time(lag)) late or more, and are"
        + " \(CellEvidence.time(gap)) apart: they queue before the transport",
      remedy: "offer less, or look at the service time, which leaves the lateness out")
  }
}
