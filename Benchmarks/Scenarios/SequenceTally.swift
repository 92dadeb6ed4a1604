// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// Counts what a receiver got, by the numbers of the messages.
///
/// Numbers start at 0 and grow by one. A gap is remembered, so that a late message is told from one
/// that came twice.
struct SequenceTally {
  private(set) var received: UInt64 = 0
  private var expected: UInt64 = 0
  private var duplicated = 0
  private var reordered = 0
  private var corrupt = 0
  private var torn = 0
  private var gaps: [Range<UInt64>] = []
  /// Beyond this many gaps the transport is so broken that exact kinds no longer matter.
  private static let gapLimit = 4096

  /// The number that is due.
  var next: UInt64 { expected }

  /// Counts the message that was due, in order and whole.
  @inline(__always)
  mutating func noteNext() {
    received &+= 1
    expected &+= 1
  }

  @inline(__always)
  mutating func note(_ arrival: Arrival) {
    received &+= 1
    if arrival.sequence == expected, arrival.fault == .none {
      expected &+= 1
    } else {
      noteTrouble(arrival)
    }
  }

  private mutating func note(_ fault: Fault) {
    switch fault {
    case .none: break
    case .corrupt: corrupt += 1
    case .torn: torn += 1
    }
  }

  @inline(never)
  private mutating func noteTrouble(_ arrival: Arrival) {
    note(arrival.fault)
    // The number of a damaged message may be what was damaged: it counts as the one that was due.
    let sequence = arrival.fault == .none ? arrival.sequence : expected
    if sequence == expected {
      expected &+= 1
    } else if sequence > expected {
      if gaps.count < Self.gapLimit { gaps.append(expected..<sequence) }
      expected = sequence &+ 1
    } else if let index = gaps.firstIndex(where: { $0.contains(sequence) }) {
      reordered += 1
      let gap = gaps.remove(at: index)
      if gap.lowerBound < sequence { gaps.append(gap.lowerBound..<sequence) }
      if sequence + 1 < gap.upperBound { gaps.append(sequence + 1..<gap.upperBound) }
    } else {
      duplicated += 1
    }
  }

  /// The receiving side's share of a launch's counters; what is lost shows when both sides meet.
  var integrity: Integrity {
    Integrity(
      received: Int(received), duplicated: duplicated, reordered: reordered, corrupt: corrupt,
      torn: torn)
  }
}
