// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Topology

extension Report {
  /// What a reader must know before any number.
  var alarms: [String] {
    var alarms: [String] = []
    if !run.build.isRelease {
      alarms.append(
        "\(run.build.configuration.uppercased()) BUILD: these numbers are about the compiler's"
          + " checks, not the transport; build with -c release")
    }
    if !run.isComplete {
      let done = run.cells.count
      alarms.append(
        "PARTIAL RUN: \(done) of \(run.header.cellsPlanned) cells have numbers, some with fewer"
          + " launches than planned")
    }
    let broken = run.cells.filter { $0.status == .invalid || $0.status == .failed }.count
    if broken > 0 {
      alarms.append("\(broken) cell(s) failed or are invalid; their numbers are withheld below")
    }
    return alarms
  }

  /// What each fact is about, and the fact.
  var provenance: [(name: String, text: String)] {
    let facts: [(String, String?)] = [
      ("machine", run.machine.label),
      (
        "build",
        "\(run.build.toolchainLabel); run \(run.header.id), seed \(run.header.seed)"
      ),
      ("clock", clock), ("roofline", roofline), ("placement", placement), ("pages", pages),
      ("regimes", regimes), ("noise", noise), ("detectable effect", precision),
    ]
    return facts.compactMap { name, text in text.map { (name, $0) } }
  }

  private var clock: String {
    let cost = run.clock.readCost.map { "\(Figures.text($0)) ns a read" } ?? "cost unknown"
    let bound = run.clock.offsetBound.map { ", CPUs within \(Figures.text($0)) ns" } ?? ""
    return "\(run.clock.source), \(cost)\(bound); not subtracted from anything"
  }

  private var roofline: String {
    let roofline = run.roofline
    func time(_ metrics: LatencyMetrics?) -> String {
      guard let value = metrics?.p50.value else { return "unavailable" }
      let unit = ColumnUnit(.time, for: [value])
      return "\(unit.text(value)) \(unit.label ?? "")"
    }
    func bandwidth(_ limits: [Int: Roofline.Limit], from least: ByteCount = ByteCount(1)) -> String
    {
      let sizes = limits.filter { $0.key >= least.bytes }
      let each = sizes.sorted { $0.key < $1.key }.map { size, limit in
        let unit = ColumnUnit(.bandwidth, for: [limit.estimate.value])
        return "\(ByteCount(max(0, size))) \(unit.text(limit.estimate.value)) \(unit.label ?? "")"
      }
      return each.isEmpty ? "unavailable" : each.joined(separator: ", ")
    }
    let rings = roofline.stream.sorted { $0.key < $1.key }.map { size, limit in
      let size = ByteCount(max(0, size))
      // Small messages cost their hand-over, large ones their bytes.
      let isCopy = size >= Roof.smallestCopyBound
      let value = limit.estimate.value * (isCopy ? Double(size.bytes) : 1)
      let unit = ColumnUnit(isCopy ? .bandwidth : .messageRate, for: [value])
      return "\(size) \(unit.text(value)) \(unit.label ?? "")"
    }
    let tail = roofline.cachelinePingPong?.p999.value.map { " (p99.9 \(Figures.text($0)) ns)" }
    return
      "ping-pong RTT/2 by cache line \(time(roofline.cachelinePingPong))\(tail ?? ""),"
      + " futex \(time(roofline.futexPingPong)), pipe \(time(roofline.pipePingPong));"
      + " memcpy \(bandwidth(roofline.memcpy)); read"
      + " \(bandwidth(roofline.read, from: Roof.smallestCopyBound)); write"
      + " \(bandwidth(roofline.write, from: Roof.smallestCopyBound));"
      + " C ring \(rings.isEmpty ? "unavailable" : rings.joined(separator: ", "))"
  }

  private var placement: String {
    let measured = run.cells.filter { !$0.samples.isEmpty }
    let verified = measured.count { $0.summary.placement?.verified == true }
    func cpus(_ end: KeyPath<ObservedPlacement, [Int]>) -> String {
      let seen = measured.compactMap { $0.summary.placement?[keyPath: end] }.flatMap { $0 }
      let list = Set(seen).sorted().map(String.init).joined(separator: ",")
      return list.isEmpty ? "unknown" : list
    }
    let doubt = measured.lazy.compactMap(\.summary.placement)
      .first { $0.verified == nil }?.mismatch
    return "verified in \(verified) of \(measured.count) cells; producers seen on CPU"
      + " \(cpus(\.producerCPUs)), customers on CPU \(cpus(\.customerCPUs))\(relays(measured))"
      + (doubt.map { "; could not be verified: \($0)" } ?? "")
  }

  /// Where the relays of replicas were; nothing for a run without.
  private func relays(_ measured: [RunCell]) -> String {
    let seen = measured.compactMap(\.summary.placement?.relayCPUs).flatMap { $0 }
    let list = Set(seen).sorted().map(String.init).joined(separator: ",")
    return list.isEmpty ? "" : ", relays on CPU \(list)"
  }

  /// How much of the segments lay in huge pages; nil where no cell had a segment of a page's size.
  private var pages: String? {
    let seen = run.cells.compactMap(\.summary.placement?.segmentPageSizes)
      .filter { $0.mappedBytes >= Segment.hugePageByteCount }
    guard !seen.isEmpty else { return nil }
    let huge = seen.count { $0.hugeBytes > 0 }
    let share = seen.map(\.hugeShare).min() ?? 0
    let least = huge == seen.count ? "; at least \(Figures.text(share * 100)) % of each" : ""
    return "\(huge) of \(seen.count) cells with a segment of 2 MiB or more had it in huge"
      + " pages\(least)"
  }

  /// How many slices ran with their CPUs where, or launches where no slice has a fingerprint; nil when
  /// nobody looked.
  private var regimes: String? {
    let slices = run.cells.compactMap(\.summary.sliceRegimes)
    if !slices.isEmpty {
      let known = slices.reduce(0) { $0 + $1.values.reduce(0, +) }
      let all = run.cells.reduce(0) { $0 + $1.samples.reduce(0) { $0 + $1.slices.count } }
      return "\(Self.counts(slices)) slices by a cache-line ping-pong between their ends"
        + " before and after each, \(Figures.grouped(all - known)) without one go with their launch;"
        + " only close ones are compared"
    }
    let counts = run.cells.compactMap(\.summary.regimes)
    guard !counts.isEmpty else { return nil }
    return "\(Self.counts(counts)) launches by a cache-line ping-pong before and"
      + " after each; only close ones are compared"
  }

  private static func counts(_ regimes: [[Regime: Int]]) -> String {
    Regime.allCases.map { regime in
      "\(Figures.grouped(regimes.reduce(0) { $0 + ($1[regime] ?? 0) })) \(regime.rawValue)"
    }.joined(separator: ", ")
  }

  /// Slices by the causes that hold them back, in parentheses; empty when there is none.
  private var causes: String {
    let texts = run.cells.flatMap(\.samples).filter { $0.errors.isEmpty }.flatMap(\.slices)
      .compactMap(\.quarantine)
    return texts.isEmpty ? "" : " (\(Quarantine.summary(texts)))"
  }

  /// What differences the run is good for; nil when nothing was measured.
  private var precision: String? {
    let effect = run.detectableEffect
    guard effect.cells > 0 else { return nil }
    func percent(_ share: Double) -> String { "\(Figures.text(share * 100)) %" }
    var parts: [String] = []
    if let median = effect.median, let largest = effect.largest, let cell = effect.largestCell {
      parts.append(
        "differences show from \(percent(median)) on in the median cell and from"
          + " \(percent(largest)) on in the least known (\(cell))")
    }
    if effect.withoutInterval > 0 {
      parts.append("\(effect.withoutInterval) of \(effect.cells) cells have no interval")
    }
    return "\(parts.joined(separator: "; "))"
  }

  private var noise: String {
    let each = run.cells.filter { !$0.samples.isEmpty }.map(\.summary.noise)
    let total = each.dropFirst().reduce(each.first ?? Noise(), +)
    func time(_ value: Int?) -> String {
      guard let value else { return "unavailable" }
      let unit = ColumnUnit(.time, for: [Double(value)])
      return "\(unit.text(Double(value))) \(unit.label ?? "")"
    }
    func count(_ value: Int?) -> String { value.map(Figures.grouped) ?? "unavailable" }
    return "steal \(time(total.steal)), run delay \(time(total.runDelay)), involuntary"
      + " switches \(count(total.involuntarySwitches)), migrations \(count(total.migrations)),"
      + " faults \(count(total.minorFaults)) minor \(count(total.majorFaults)) major;"
      + " quarantined \(count(total.quarantinedSlices)) of \(count(total.slices)) slices\(causes)"
  }
}
