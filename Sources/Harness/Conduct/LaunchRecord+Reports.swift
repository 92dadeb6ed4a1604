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
    var integrity = total.integrity
    integrity.lost = max(
      0,
      integrity.sent + integrity.duplicated - integrity.received - integrity.dropped
        - integrity.skipped)
    let hasOwnCores = outcome.conditions?.hasOwnCores ?? false
    let slices = Self.slices(total, hasOwnCores: hasOwnCores)
    let rest = SliceLatencies(
      latency: LatencyHistogram.Pair.list(total.latency),
      response: LatencyHistogram.Pair.list(total.response),
      service: LatencyHistogram.Pair.list(total.service),
      lag: LatencyHistogram.Pair.list(total.lag))
    let latencies = SliceLatencies.sum([rest] + slices.compactMap(\.latencies))
    self.init(
      cellID: cell.id, launch: launch, slices: slices, latency: latencies.latency,
      response: latencies.response, service: latencies.service, lag: latencies.lag,
      integrity: integrity,
      placement: ObservedPlacement(
        producerCPUs: total.producerCPUs, customerCPUs: total.customerCPUs,
        segmentPagesByNode: total.segmentPagesByNode, segmentPageSizes: total.segmentPageSizes,
        relayCPUs: total.relayCPUs, replicaPagesByNode: total.replicaPagesByNode,
        verified: total.placementVerified, mismatch: total.placementNote),
      noise: Self.noise(noise ?? Noise(), outcome.machine, slices), link: outcome.link,
      errors: total.error.map { [$0] } ?? [])
    conditions = outcome.conditions
    busyCores = total.busyCores
    ownLag = LatencyHistogram.Pair.list(total.ownLag)
    generator = total.generator
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

  /// The leader's slices with what others got and measured in them, and with the causes for which some
  /// do not count.
  private static func slices(_ total: WorkerReport, hasOwnCores: Bool) -> [Slice] {
    var slices = total.slices
    if total.sliceNumbers.count == slices.count {
      let places = Dictionary(
        zip(total.sliceNumbers, slices.indices), uniquingKeysWith: { first, _ in first })
      for share in total.shares {
        guard let place = places[share.number] else { continue }
        slices[place].messages += share.messages
        slices[place].bytes += share.bytes
        slices[place].add(share.latencies)
      }
      for part in total.senderSlices {
        guard let place = places[part.number], let pairs = PairCoding.decode(part.pairs) else {
          continue
        }
        slices[place].add(
          total.senderKind == .lag ? SliceLatencies(lag: pairs) : SliceLatencies(latency: pairs))
      }
    }
    for index in slices.indices where slices[index].quarantine == nil {
      slices[index].quarantine = slices[index].noise.flatMap {
        Quarantine.causes($0, in: slices[index].duration, hasOwnCores: hasOwnCores)
      }
    }
    return slices
  }

  /// What the workers counted for themselves and the harness for the machine; for workers whose threads
  /// have gone, what the leader counted in their slices.
  private static func noise(_ workers: Noise, _ machine: Noise, _ slices: [Slice]) -> Noise {
    var noise = workers
    noise.steal = machine.steal
    noise.cpuPressure = machine.cpuPressure
    noise.memoryPressure = machine.memoryPressure
    noise.ioPressure = machine.ioPressure
    noise.interrupts = machine.interrupts
    noise.runDelay = noise.runDelay ?? sum(\.runDelay, of: slices)
    noise.migrations = noise.migrations ?? sum(\.migrations, of: slices)
    return noise
  }

  private static func sum(_ counter: KeyPath<Noise, Int?>, of slices: [Slice]) -> Int? {
    let each = slices.map { $0.noise?[keyPath: counter] }
    return each.isEmpty || each.contains(nil) ? nil : each.compactMap { $0 }.reduce(0, +)
  }
}

extension LaunchRecord.Slice {
  fileprivate mutating func add(_ more: SliceLatencies?) {
    guard let more else { return }
    latencies = latencies.map { SliceLatencies.sum([$0, more]) } ?? more
  }
}
