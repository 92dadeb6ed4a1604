// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// What one launch came to.
public struct GateLaunch: Codable, Hashable, Sendable {
  /// Nanoseconds per message: the median latency, or the inverse of the rate. Nil for a launch that was
  /// kept from its work for so long that it has no number.
  public var cost: Double?
  public var link: LinkFingerprint?

  enum CodingKeys: String, CodingKey {
    case cost = "cost_ns"
    case link
  }

  public init(cost: Double?, link: LinkFingerprint? = nil) {
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

  func launch(_ side: GateSide) -> GateLaunch {
    switch side {
    case .base: base
    case .head: head
    case .control: control
    }
  }

  /// The logarithm of what a build's launch cost as a share of the base's: positive is slower. Nil when
  /// the two did not run in one regime, or one of them has no number.
  func logRatio(_ side: GateSide, _ regimes: Regimes) -> Double? {
    let other = launch(side)
    guard regimes.isPair(base.link, other.link), let cost = base.cost, let other = other.cost,
      cost > 0, other > 0
    else { return nil }
    // As a margin is made, so that a difference of exactly the margin is not beyond it by rounding.
    return log1p((other - cost) / cost)
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
