// SPDX-License-Identifier: Apache-2.0
//
// A hypervisor moves virtual CPUs between physical cores. The same pair is then neighbours in one
// second and on two sockets in the next: a line takes several times as long from one to the other,
// and a stream of large messages is ten times slower, whatever carries it. Slices are told apart by
// what a bare exchange between their ends took before and after them, never by their own result;
// where the ends could not meet, by an exchange between the CPUs before and after the launch.
/// How far apart the CPUs of a launch were, by half round trips of a cache line between them.
public struct LinkFingerprint: Codable, Hashable, Sendable {
  /// The first CPU of the producer's seat, and of the customer's.
  public var cpus: [Int]
  /// Nanoseconds, with the workers waiting for their start.
  public var before: Double
  /// Nanoseconds, with the workers gone.
  public var after: Double

  enum CodingKeys: String, CodingKey {
    case cpus
    case before = "before_ns"
    case after = "after_ns"
  }

  public init(cpus: [Int], before: Double, after: Double) {
    self.cpus = cpus
    self.before = before
    self.after = after
  }
}

/// Where a slice or a launch ran, compared with where its CPUs mostly were in the whole run.
public enum Regime: String, Codable, Hashable, Sendable, CaseIterable {
  /// As far apart as mostly.
  case close
  /// Nearer: most likely two threads of one core, which then share what a core has.
  case nearer
  case far
  /// The CPUs were moved meanwhile.
  case mixed
}

/// Where each pair of CPUs mostly was in a run.
public struct Regimes: Hashable, Sendable {
  /// The median reading in nanoseconds, by pair.
  private var usual: [[Int]: Double] = [:]

  /// A reading this many times the usual one, or as many times less, is of another regime. In one
  /// regime readings vary by a tenth; threads of one core are 1.5 times nearer than neighbours, and
  /// sockets 4 times farther.
  static let ratio = 1.35

  public init(links: some Sequence<LinkFingerprint>) {
    var seen: [[Int]: [Double]] = [:]
    for link in links { seen[link.cpus, default: []] += [link.before, link.after] }
    usual = seen.compactMapValues { Statistics.median($0) }
  }

  /// Of a run whose launches nobody looked at: all count.
  static var unknown: Regimes { Regimes(links: []) }

  /// The regimes of a run's launches: by every reading, of launches and of slices.
  init(samples: some Sequence<LaunchRecord>) {
    self.init(
      links: samples.flatMap { sample -> [LinkFingerprint] in
        guard let link = sample.link else { return [] }
        return [link]
          + sample.slices.compactMap(\.link).map {
            LinkFingerprint(cpus: link.cpus, before: $0.before, after: $0.after)
          }
      })
  }

  /// Nil for a launch whose CPUs nobody looked at, such as when both ends share one.
  public func regime(of link: LinkFingerprint?) -> Regime? {
    guard let link else { return nil }
    return regime(link.before, link.after, link.cpus)
  }

  /// The regime of a slice by its own fingerprint; nil where its ends did not meet.
  ///
  /// - Parameter launch: the launch that it is a slice of.
  public func regime(of slice: LaunchRecord.Slice, in launch: LaunchRecord) -> Regime? {
    guard let link = slice.link, let cpus = launch.link?.cpus else { return nil }
    return regime(link.before, link.after, cpus)
  }

  private func regime(_ before: Double, _ after: Double, _ cpus: [Int]) -> Regime? {
    guard let usual = usual[cpus] else { return nil }
    let regime = Self.regime(of: before, usual: usual)
    return regime == Self.regime(of: after, usual: usual) ? regime : .mixed
  }

  private static func regime(of nanoseconds: Double, usual: Double) -> Regime {
    if nanoseconds > usual * ratio { return .far }
    return nanoseconds < usual / ratio ? .nearer : .close
  }

  /// Whether a reading just taken says that the CPUs are not where they mostly are.
  func isElsewhere(_ nanoseconds: Double, cpus: [Int]) -> Bool {
    usual[cpus].map { Self.regime(of: nanoseconds, usual: $0) != .close } ?? false
  }

  /// Whether a launch may be compared with others: it ran close, or nobody looked.
  func isComparable(_ link: LinkFingerprint?) -> Bool { regime(of: link) ?? .close == .close }

  /// Whether a slice may be compared: it ran close, as its launch did where its ends did not meet.
  func isComparable(_ slice: LaunchRecord.Slice, in launch: LaunchRecord) -> Bool {
    guard let regime = regime(of: slice, in: launch) else { return isComparable(launch.link) }
    return regime == .close
  }

  /// Whether something of a launch may be compared: one of its slices, or itself where it has none.
  func isComparable(_ launch: LaunchRecord) -> Bool {
    launch.slices.isEmpty
      ? isComparable(launch.link) : launch.slices.contains { isComparable($0, in: launch) }
  }

  /// The launches to compare: the close ones and those nobody looked at; all when there are none.
  func comparable<Launch>(
    _ launches: [Launch], link: (Launch) -> LinkFingerprint?
  ) -> [Launch] {
    let close = launches.filter { isComparable(link($0)) }
    return close.isEmpty ? launches : close
  }

  /// How many launches ran in each regime; nil when nobody looked.
  func count(_ launches: [LaunchRecord]) -> [Regime: Int]? {
    let seen = launches.compactMap { regime(of: $0.link) }
    return seen.isEmpty ? nil : Self.counts(seen)
  }

  /// How many slices ran in each regime, by their own fingerprints; nil when none has one.
  func countSlices(_ launches: [LaunchRecord]) -> [Regime: Int]? {
    let seen = launches.flatMap { launch in
      launch.slices.compactMap { regime(of: $0, in: launch) }
    }
    return seen.isEmpty ? nil : Self.counts(seen)
  }

  private static func counts(_ seen: [Regime]) -> [Regime: Int] {
    Dictionary(
      Regime.allCases.map { regime in (regime, seen.count { $0 == regime }) },
      uniquingKeysWith: { first, _ in first })
  }
}
