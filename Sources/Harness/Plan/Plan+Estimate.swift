// SPDX-License-Identifier: Apache-2.0

extension Cell {
  /// Spawning, attaching, the barrier, draining and collecting, once per launch.
  static let fixedOverhead = Nanoseconds.milliseconds(30)
  /// First touch of fresh shared memory runs at about 1 GB/s, one nanosecond a byte.
  static let touchBytesPerNanosecond = 1
  /// Most that touching is taken to cost; larger segments fail the preflight instead.
  static let longestTouch = Nanoseconds.seconds(120)

  /// What a launch costs besides warming up and measuring.
  public var launchOverhead: Nanoseconds {
    let (segment, overflow) = size.bytes.multipliedReportingOverflow(by: depth)
    let touch = overflow ? Self.longestTouch.count : segment / Self.touchBytesPerNanosecond
    return Nanoseconds(Self.fixedOverhead.count + min(touch, Self.longestTouch.count))
  }

  public var launchEstimate: Nanoseconds {
    Nanoseconds(launchOverhead.count + warmup.count + measure.count)
  }

  /// Wall time of all launches; zero for a cell that is skipped.
  public var estimate: Nanoseconds {
    skip == nil ? Nanoseconds(launchEstimate.count * launches) : Nanoseconds(0)
  }
}

extension Plan {
  /// Wall time of all launches, without the roofline.
  public var estimate: Nanoseconds {
    Nanoseconds(cells.totalEstimate)
  }

  /// Wall time of measuring the roofline once, which every round of launches does.
  var rooflineEstimate: Nanoseconds { RooflineScenario.estimate(sizes: roofSizes) }

  /// Wall time of all launches and rooflines.
  var wholeEstimate: Nanoseconds {
    let rounds = cells.filter { $0.skip == nil }.map(\.launches).max() ?? 0
    return Nanoseconds(estimate.count + rounds * rooflineEstimate.count)
  }
}

extension [Cell] {
  /// Nanoseconds of all launches of all cells; the limits on launches and phases keep it below 2^63.
  var totalEstimate: Int { reduce(0) { $0 + $1.estimate.count } }
}
