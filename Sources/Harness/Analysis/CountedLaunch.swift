// SPDX-License-Identifier: Apache-2.0

/// A launch with those of its slices that its numbers are made of.
struct CountedLaunch {
  let record: LaunchRecord
  let counted: [LaunchRecord.Slice]
  let leftOut: [LaunchRecord.Slice]

  /// - Parameter isComparable: whether a slice ran where it may be compared.
  ///
  /// Quarantined slices count only where a launch has no others: it does not vanish.
  init(_ record: LaunchRecord, isComparable: (LaunchRecord.Slice) -> Bool) {
    self.record = record
    let clean = record.slices.contains { isComparable($0) && $0.quarantine == nil }
    let chosen = record.slices.map { isComparable($0) && (!clean || $0.quarantine == nil) }
    counted = zip(record.slices, chosen).filter(\.1).map(\.0)
    leftOut = zip(record.slices, chosen).filter { !$0.1 }.map(\.0)
  }

  /// Messages per second over the slices, total over total; nil when no time passed.
  var messageRate: Double? { LaunchRecord.rate(\.messages, of: counted) }
  var byteRate: Double? { LaunchRecord.rate(\.bytes, of: counted) }

  /// Messages per second of each slice that took time and is not quarantined.
  var sliceRates: [Double] {
    counted.filter { $0.duration.count > 0 && $0.quarantine == nil }
      .map { Double($0.messages) / $0.duration.seconds }
  }

  /// The launch's latencies without those of the slices that are left out.
  func latencies(
    _ whole: KeyPath<LaunchRecord, [LatencyHistogram.Pair]>,
    _ part: KeyPath<SliceLatencies, [LatencyHistogram.Pair]>
  ) -> [LatencyHistogram.Pair] {
    LatencyHistogram.Pair.difference(
      record[keyPath: whole], leftOut.compactMap(\.latencies).flatMap { $0[keyPath: part] })
  }

  /// The record as it is stored: with the latencies of the slices that are left out, since those of the
  /// others are what remains of the launch's.
  var stored: LaunchRecord {
    var stored = record
    let left = Set(leftOut)
    for index in stored.slices.indices where !left.contains(stored.slices[index]) {
      stored.slices[index].latencies = nil
    }
    return stored
  }
}

extension Regimes {
  /// The launches to compare, with what is comparable of each; all of them when none is.
  func counted(_ launches: [LaunchRecord]) -> [CountedLaunch] {
    let close = launches.filter { isComparable($0) }
    if close.isEmpty { return launches.map { CountedLaunch($0) { _ in true } } }
    return close.map { launch in CountedLaunch(launch) { isComparable($0, in: launch) } }
  }
}
