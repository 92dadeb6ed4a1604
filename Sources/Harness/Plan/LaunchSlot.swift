// SPDX-License-Identifier: Apache-2.0

/// One launch of one cell, at its place in the order of a plan.
public struct LaunchSlot: Codable, Hashable, Sendable {
  /// Index into the plan's cells.
  public let cell: Int
  /// 0 for the first launch of the cell.
  public let launch: Int
  /// Bytes to add to the workers' environment, 0 to 4095, so that stack layout differs between
  /// launches (Mytkowicz et al., ASPLOS 2009).
  public let environmentPad: Int
  /// Bytes to leave unused at the beginning of the workers' heaps, 0 to 65 520, for the same reason.
  public let heapOffset: Int
  /// Seed of the payloads and arrivals; below 2^53, and the same for the same cell and launch
  /// whatever else is in the plan.
  public let seed: Int

  enum CodingKeys: String, CodingKey {
    case cell, launch, seed
    case environmentPad = "environment_pad_bytes"
    case heapOffset = "heap_offset_bytes"
  }

  init(cell: Int, id: String, launch: Int, planSeed: Int) {
    self.cell = cell
    self.launch = launch
    var mix = SplitMix64(seed: UInt64(planSeed) ^ Self.hash(id) ^ UInt64(launch) << 48)
    environmentPad = Int(mix.next() % 4096)
    seed = Int(mix.next() >> 11)
    // In steps of what malloc aligns to.
    heapOffset = Int(mix.next() % 4096) * 16
  }

  /// FNV-1a, 64 bits (G. Fowler, L. Noll, K. Vo); the standard library's hash is seeded per process.
  static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// Rounds in which every cell that still has launches left gets one, in seeded random order.
  ///
  /// Running all launches of one cell and then all of the next would turn the drift of the machine
  /// into a difference between cells (Abedi and Brecht, ICPE 2017). Each round has its own stream,
  /// so a plan with fewer launches is a prefix of the same plan with more.
  static func interleaved(_ cells: [Cell], seed: Int) -> [LaunchSlot] {
    let runnable = cells.indices.filter { cells[$0].skip == nil }
    let rounds = runnable.map { cells[$0].launches }.max() ?? 0
    let ids = cells.map(\.id)
    var order: [LaunchSlot] = []
    for round in 0..<rounds {
      var members = runnable.filter { cells[$0].launches > round }
      var random = Xoshiro256(seed: SplitMix64.mixed(UInt64(seed), UInt64(round)))
      random.shuffle(&members)
      order += members.map {
        LaunchSlot(cell: $0, id: ids[$0], launch: round, planSeed: seed)
      }
    }
    return order
  }
}

extension SplitMix64 {
  /// One seed out of two numbers, so that neighbouring rounds share nothing.
  static func mixed(_ seed: UInt64, _ stream: UInt64) -> UInt64 {
    var outer = SplitMix64(seed: seed)
    var inner = SplitMix64(seed: outer.next() ^ stream)
    return inner.next()
  }
}
