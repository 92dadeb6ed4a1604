// SPDX-License-Identifier: Apache-2.0
//
// A hypervisor moves virtual CPUs between physical cores. The same pair is then neighbours in one
// second and on two sockets in the next: a line takes several times as long from one to the other,
// and a stream of large messages is ten times slower, whatever carries it. Launches are told apart
// by what a bare exchange between their CPUs took before and after them, never by their own result.

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

/// Where a launch ran, compared with the nearest that its CPUs came in the whole run.
public enum Regime: String, Codable, Hashable, Sendable, CaseIterable {
  case close
  case far
  /// The CPUs were moved during the launch.
  case mixed
}

/// What close means for each pair of CPUs in a run.
public struct Regimes: Hashable, Sendable {
  /// Nanoseconds by pair.
  private var nearest: [[Int]: Double] = [:]

  /// More than this many times the nearest is far. Between cores that share a cache, the same pair
  /// varies by up to 1.7; across sockets it is 4 or more.
  static let farRatio = 2.0
  /// The nearest is this quantile of all fingerprints, so that one lucky reading sets no standard.
  static let nearestQuantile = 0.1

  public init(links: some Sequence<LinkFingerprint>) {
    var seen: [[Int]: [Double]] = [:]
    for link in links { seen[link.cpus, default: []] += [link.before, link.after] }
    nearest = seen.mapValues { values in
      let sorted = values.sorted()
      return sorted[Int(Double(sorted.count - 1) * Self.nearestQuantile)]
    }
  }

  /// Of a run whose launches nobody looked at: all count.
  static var unknown: Regimes { Regimes(links: []) }

  /// The regimes of a run's launches.
  init(samples: some Sequence<LaunchRecord>) {
    self.init(links: samples.compactMap(\.link))
  }

  /// Nil for a launch whose CPUs nobody looked at, such as when both ends share one.
  public func regime(of link: LinkFingerprint?) -> Regime? {
    guard let link, let nearest = nearest[link.cpus] else { return nil }
    let isFar = [link.before, link.after].map { $0 > nearest * Self.farRatio }
    return isFar == [true, true] ? .far : isFar == [false, false] ? .close : .mixed
  }

  /// Whether a reading just taken says that the CPUs are far apart.
  func isFar(_ nanoseconds: Double, cpus: [Int]) -> Bool {
    nearest[cpus].map { nanoseconds > $0 * Self.farRatio } ?? false
  }

  /// The launches to compare: the close ones and those nobody looked at; all when there are none.
  func comparable<Launch>(
    _ launches: [Launch], link: (Launch) -> LinkFingerprint?
  ) -> [Launch] {
    let close = launches.filter { regime(of: link($0)) ?? .close == .close }
    return close.isEmpty ? launches : close
  }

  /// How many launches ran in each regime; nil when nobody looked.
  func count(_ launches: [LaunchRecord]) -> [Regime: Int]? {
    let seen = launches.compactMap { regime(of: $0.link) }
    guard !seen.isEmpty else { return nil }
    return Dictionary(
      Regime.allCases.map { regime in (regime, seen.count { $0 == regime }) },
      uniquingKeysWith: { first, _ in first })
  }
}
