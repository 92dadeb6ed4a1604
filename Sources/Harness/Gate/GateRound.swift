// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// What one launch came to.
public struct GateLaunch: Codable, Hashable, Sendable {
  /// Nanoseconds per message: the median latency, or the inverse of the rate.
  public var cost: Double
  public var link: LinkFingerprint?

  enum CodingKeys: String, CodingKey {
    case cost = "cost_ns"
    case link
  }

  public init(cost: Double, link: LinkFingerprint? = nil) {
    self.cost = cost
    self.link = link
  }
}

/// One launch of a cell by each build, next to each other in time.
public struct GateRound: Codable, Hashable, Sendable {
  public var order: [GateSide]
  public var base: GateLaunch
  public var head: GateLaunch
  public var control: GateLaunch

  public init(order: [GateSide], base: GateLaunch, head: GateLaunch, control: GateLaunch) {
    self.order = order
    self.base = base
    self.head = head
    self.control = control
  }

  /// The logarithm of what a build's launch cost as a share of the base's: positive is slower. Nil when
  /// the two did not run in one regime.
  func logRatio(_ side: GateSide, _ regimes: Regimes) -> Double? {
    let other = side == .head ? head : control
    guard regimes.isPair(base.link, other.link), base.cost > 0, other.cost > 0 else {
      return nil
    }
    return log(other.cost / base.cost)
  }
}

/// In which order the builds of a round run.
struct GateOrder {
  private var random: Xoshiro256
  private var coming: [[GateSide]] = []

  init(seed: Int, cell: String) {
    random = Xoshiro256(seed: SplitMix64.mixed(UInt64(seed), LaunchSlot.hash(cell)))
  }

  /// An order and then its mirror image, so that what drifts cancels (ABBA); over six rounds all six
  /// orders, so that each build follows each other, and nobody, equally often (E. J. Williams, Austral.
  /// J. Sci. Res. A 2, 1949). Which comes first is drawn.
  mutating func next() -> [GateSide] {
    if coming.isEmpty {
      var middles = GateSide.allCases
      random.shuffle(&middles)
      coming = middles.flatMap { middle in
        var ends = GateSide.allCases.filter { $0 != middle }
        random.shuffle(&ends)
        let order = [ends[0], middle, ends[1]]
        return [order, order.reversed()]
      }
    }
    return coming.removeFirst()
  }
}
