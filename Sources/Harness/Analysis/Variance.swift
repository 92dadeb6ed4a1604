// SPDX-License-Identifier: Apache-2.0

/// Where the spread of a cell comes from: fresh processes, or the passing of time within them.
public struct Variance: Codable, Hashable, Sendable {
  /// Standard deviation between launches as a share of the mean, slice noise taken out; nil with
  /// fewer than two launches or no replication within.
  public let betweenLaunches: Double?
  /// Standard deviation between the slices of a launch as a share of the mean.
  public let withinLaunches: Double?
  /// Correlation of neighbouring slices; above 0.3 slices are not independent.
  public let lag1: Double?

  enum CodingKeys: String, CodingKey {
    case betweenLaunches = "between_launch_share"
    case withinLaunches = "within_launch_share"
    case lag1
  }

  /// One-way random-effects analysis of variance of slice rates.
  ///
  /// Source: S. Searle, G. Casella, C. McCulloch, *Variance Components*, 1992, §3.6; a negative
  /// estimate of the between-launch part is reported as 0.
  ///
  /// - Parameter launches: the slice rates of each launch; launches without slices are ignored.
  public init(_ launches: [[Double]]) {
    let groups = launches.filter { !$0.isEmpty }
    let all = groups.flatMap { $0 }
    lag1 = Self.lag1(groups)
    guard let mean = Statistics.mean(all), mean > 0, all.count > groups.count else {
      (betweenLaunches, withinLaunches) = (nil, nil)
      return
    }
    let means = groups.map { $0.reduce(0, +) / Double($0.count) }
    let inner = zip(groups, means).reduce(0.0) { sum, pair in
      sum + pair.0.reduce(0) { $0 + ($1 - pair.1) * ($1 - pair.1) }
    }
    let within = inner / Double(all.count - groups.count)
    withinLaunches = within.squareRoot() / mean
    guard groups.count > 1 else {
      betweenLaunches = nil
      return
    }
    let outer = zip(groups, means).reduce(0.0) { sum, pair in
      sum + Double(pair.0.count) * (pair.1 - mean) * (pair.1 - mean)
    }
    let squares = groups.reduce(0) { $0 + $1.count * $1.count }
    let size = (Double(all.count) - Double(squares) / Double(all.count)) / Double(groups.count - 1)
    let between = (outer / Double(groups.count - 1) - within) / size
    betweenLaunches = max(0, between).squareRoot() / mean
  }

  /// Lag-1 autocorrelation pooled over launches, each about its own mean; nil without spread.
  static func lag1(_ launches: [[Double]]) -> Double? {
    var products = 0.0
    var squares = 0.0
    for slices in launches where slices.count > 2 {
      let mean = slices.reduce(0, +) / Double(slices.count)
      let centred = slices.map { $0 - mean }
      products += zip(centred, centred.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
      squares += centred.reduce(0) { $0 + $1 * $1 }
    }
    return squares > 0 ? products / squares : nil
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(betweenLaunches, forKey: .betweenLaunches)
    try values.encode(withinLaunches, forKey: .withinLaunches)
    try values.encode(lag1, forKey: .lag1)
  }
}
