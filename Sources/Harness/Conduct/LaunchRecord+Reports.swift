// SPDX-License-Identifier: Apache-2.0

extension LaunchRecord {
  /// Puts together what the workers of one launch reported.
  ///
  /// Senders and receivers each counted their own side; what was sent and neither received nor
  /// dropped nor skipped is lost.
  init(cell: Cell, launch: Int, outcome: LaunchOutcome) {
    // Not an empty report to begin with: its unknown placement would stay unknown.
    var total = outcome.reports.first ?? WorkerReport()
    var noise = outcome.reports.first?.noise
    for report in outcome.reports.dropFirst() {
      total.merge(report)
      noise = noise.map { $0 + report.noise }
    }
    noise?.steal = outcome.stealNanoseconds
    var integrity = total.integrity
    integrity.lost = max(
      0,
      integrity.sent + integrity.duplicated - integrity.received - integrity.dropped
        - integrity.skipped)
    self.init(
      cellID: cell.id, launch: launch, slices: total.slices,
      latency: LatencyHistogram.Pair.list(total.latency),
      response: LatencyHistogram.Pair.list(total.response),
      service: LatencyHistogram.Pair.list(total.service),
      lag: LatencyHistogram.Pair.list(total.lag), integrity: integrity,
      placement: ObservedPlacement(
        producerCPUs: total.producerCPUs, customerCPUs: total.customerCPUs,
        segmentPagesByNode: total.segmentPagesByNode, segmentPageSizes: total.segmentPageSizes,
        verified: total.placementVerified, mismatch: total.placementNote),
      noise: noise ?? Noise(), link: outcome.link, errors: total.error.map { [$0] } ?? [])
    busyCores = total.busyCores
    producerBusyCores = Self.busyCores(outcome.reports, \.producerCPUs, notIn: \.customerCPUs)
    customerBusyCores = Self.busyCores(outcome.reports, \.customerCPUs, notIn: \.producerCPUs)
  }

  /// What the workers of one end kept busy; nil when a worker plays both ends.
  private static func busyCores(
    _ reports: [WorkerReport], _ end: KeyPath<WorkerReport, [Int]>,
    notIn other: KeyPath<WorkerReport, [Int]>
  ) -> Double? {
    let own = reports.filter { !$0[keyPath: end].isEmpty }
    guard !own.isEmpty, own.allSatisfy({ $0[keyPath: other].isEmpty }) else { return nil }
    let cores = own.compactMap(\.busyCores)
    return cores.count == own.count ? cores.reduce(0, +) : nil
  }
}
