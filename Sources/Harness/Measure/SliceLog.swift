// SPDX-License-Identifier: Apache-2.0

/// The slices of one recorder, with their numbers on the board.
struct SliceLog {
  private(set) var slices: [LaunchRecord.Slice] = []
  private(set) var numbers: [UInt32] = []
  /// Latencies that no slice keeps for itself.
  private(set) var rest = SliceLatencies()
  private var pairCount = 0

  /// Values of latencies that slices keep: half a report, of which a value takes some eight bytes. The
  /// slices after that cannot be told apart by their latencies.
  static let mostPairs = 1 << 20

  init() {
    slices.reserveCapacity(256)
    numbers.reserveCapacity(256)
  }

  mutating func append(_ slice: LaunchRecord.Slice, number: UInt32) {
    var slice = slice
    if let latencies = slice.latencies {
      pairCount += latencies.latency.count + latencies.response.count + latencies.service.count
      if pairCount > Self.mostPairs {
        rest = SliceLatencies.sum([rest, latencies])
        slice.latencies = nil
      }
    }
    slices.append(slice)
    numbers.append(number)
  }

  /// Adds the fingerprint of the last slice once both its ends are known.
  mutating func note(_ link: SliceLink) {
    guard !slices.isEmpty else { return }
    slices[slices.count - 1].link = link
  }
}
