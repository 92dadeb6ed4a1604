// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// A distribution of service times whose percentiles are known in closed form; nanoseconds.
public enum ServiceDistribution: Hashable, Codable, Sendable {
  case constant(Double)
  /// `slowShare` of the operations take `slow`, the others `fast`.
  case bimodal(fast: Double, slow: Double, slowShare: Double)
  /// P(X > x) = (scale / x)^shape.
  case pareto(scale: Double, shape: Double)
  /// The logarithm is normal with standard deviation `sigma`.
  case lognormal(median: Double, sigma: Double)

  /// The value that a share `probability` of the operations does not exceed.
  ///
  /// - Precondition: strictly between 0 and 1.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a quantile lies inside the distribution")
    switch self {
    case .constant(let time): return time
    case .bimodal(let fast, let slow, let share): return probability <= 1 - share ? fast : slow
    case .pareto(let scale, let shape): return scale * pow(1 - probability, -1 / shape)
    case .lognormal(let median, let sigma):
      return median * exp(sigma * Self.normalQuantile(probability))
    }
  }

  /// Seeded draws by inverse transform: the same for the same seed.
  public func draws(_ count: Int, seed: Int) -> [Double] {
    var random = Xoshiro256(seed: UInt64(bitPattern: Int64(seed)))
    return (0..<count).map { _ in quantile(random.openUniform()) }
  }

  /// The quantile of the standard normal distribution, by bisection of its integral: exact to the last
  /// digits that `erfc` has, and drawn before any clock runs.
  static func normalQuantile(_ probability: Double) -> Double {
    // Beyond nine standard deviations lies less than the smallest uniform number.
    var (low, high) = (-9.0, 9.0)
    while high - low > 1e-13 {
      let middle = (low + high) / 2
      if erfc(-middle / 2.0.squareRoot()) / 2 < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

extension Xoshiro256 {
  /// Uniform between 0 and 1, neither of them included.
  mutating func openUniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// Standard normal, by the transform of G. Box and M. Muller (Ann. Math. Stat. 29(2), 1958).
  mutating func normal() -> Double {
    let radius = (-2 * log(openUniform())).squareRoot()
    return radius * cos(2 * Double.pi * openUniform())
  }
}
