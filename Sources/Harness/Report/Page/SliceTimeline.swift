// SPDX-License-Identifier: Apache-2.0

/// The slices of cells along one axis, and what the kernel counted meanwhile.
///
/// Launches stand one after the other, each as wide as it took. A slice stands where it began, or, in runs
/// that did not record that, after the slices before it.
struct SliceTimeline {
  /// Whether a slice counts, and if not, why.
  enum Fate: Int, CaseIterable {
    case counted, nearer, far, mixed, quarantined

    var label: String {
      switch self {
      case .counted: "counts"
      case .nearer: "CPUs nearer than usual"
      case .far: "CPUs far apart"
      case .mixed: "CPUs moved meanwhile"
      case .quarantined: "quarantined"
      }
    }
  }

  struct Point {
    let x: Double
    let value: Double
    let fate: Fate
  }

  /// A stretch of the axis and what was counted in it; nil is unknown.
  struct Stretch {
    let begin: Double
    let end: Double
    let noise: Noise?
  }

  private(set) var points: [Point] = []
  private(set) var stretches: [Stretch] = []
  /// Where launches begin, but for the first.
  private(set) var borders: [Double] = []
  private(set) var length = 0.0
  /// Whether noise is known for each slice, not only for each launch.
  let isFine: Bool

  /// One cell: slices by their rate, along seconds.
  init(_ cell: RunCell, regimes: Regimes) {
    isFine = cell.samples.contains { $0.slices.contains { $0.noise != nil } }
    for launch in cell.samples {
      if length > 0 { borders.append(length) }
      append(launch, at: length, width: nil, unit: 1, regimes: regimes)
    }
  }

  /// A group: slices by their rate over the median of their cell, along the number of the launch.
  init(_ group: ComparableGroup, regimes: Regimes) {
    isFine = false
    let launches = group.cells.flatMap(\.samples)
    for number in 0...(launches.map(\.launch).max() ?? 0) {
      if number > 0 { borders.append(Double(number)) }
      let noises = launches.filter { $0.launch == number }.map(\.noise)
      let sum = noises.dropFirst().reduce(noises.first ?? Noise(), +)
      stretches.append(Stretch(begin: Double(number), end: Double(number) + 1, noise: sum))
    }
    for cell in group.cells {
      guard let median = Statistics.median(cell.samples.flatMap(\.rates)), median > 0 else {
        continue
      }
      for launch in cell.samples {
        append(launch, at: Double(launch.launch), width: 1, unit: median, regimes: regimes)
      }
    }
    length = Double(stretches.count)
  }

  /// - Parameters:
  ///   - width: what the launch takes of the axis; nil for its own seconds.
  ///   - unit: what rates are divided by.
  private mutating func append(
    _ launch: LaunchRecord, at start: Double, width: Double?, unit: Double, regimes: Regimes
  ) {
    let span = launch.slices.reduce(0.0) { max($0, $1.begin?.seconds ?? 0) + $1.duration.seconds }
    let scale = width.map { $0 / max(span, 1e-9) } ?? 1
    var next = 0.0
    for slice in launch.slices {
      let begin = slice.begin?.seconds ?? next
      next = begin + slice.duration.seconds
      let rate = slice.duration.count > 0 ? Double(slice.messages) / slice.duration.seconds : 0
      points.append(
        Point(
          x: start + (begin + next) / 2 * scale, value: rate / unit,
          fate: Self.fate(slice, of: launch, regimes)))
      if width == nil, isFine {
        stretches.append(
          Stretch(begin: start + begin, end: start + next, noise: slice.noise))
      }
    }
    guard width == nil else { return }
    if !isFine {
      stretches.append(Stretch(begin: start, end: start + max(span, next), noise: launch.noise))
    }
    length = start + max(span, next)
  }

  private static func fate(
    _ slice: LaunchRecord.Slice, of launch: LaunchRecord, _ regimes: Regimes
  ) -> Fate {
    if slice.quarantine != nil { return .quarantined }
    // A launch's own reading is of the same CPUs, so that it says what is usual for a slice's.
    let link = launch.link.map { whole in
      slice.link.map { LinkFingerprint(cpus: whole.cpus, before: $0.before, after: $0.after) }
        ?? whole
    }
    return switch regimes.regime(of: link) {
    case .nearer: .nearer
    case .far: .far
    case .mixed: .mixed
    case .close, nil: .counted
    }
  }
}

extension LaunchRecord {
  /// Messages per second of every slice that took time.
  fileprivate var rates: [Double] {
    slices.filter { $0.duration.count > 0 }.map { Double($0.messages) / $0.duration.seconds }
  }
}
