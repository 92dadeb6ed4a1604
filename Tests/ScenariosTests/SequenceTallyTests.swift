// SPDX-License-Identifier: Apache-2.0
import Harness
import Testing

@testable import Scenarios

@Suite struct SequenceTallyTests {
  /// What a receiver counts for messages with these numbers.
  private func integrity(_ sequences: [UInt64], _ faults: [Int: Fault] = [:]) -> Integrity {
    var tally = SequenceTally()
    for (index, sequence) in sequences.enumerated() {
      tally.note(Arrival(kind: .message, sequence: sequence, fault: faults[index] ?? .none))
    }
    return tally.integrity
  }

  struct Script: CustomTestStringConvertible {
    var what: String
    var sequences: [UInt64]
    var duplicated = 0
    var reordered = 0
    var testDescription: String { what }
  }

  @Test(
    arguments: [
      Script(what: "nothing", sequences: []),
      Script(what: "in order", sequences: Array(0..<1000)),
      Script(what: "the first lost", sequences: [1, 2, 3]),
      Script(what: "one lost", sequences: [0, 1, 3, 4]),
      Script(what: "several lost", sequences: [0, 4, 9]),
      Script(what: "one twice", sequences: [0, 1, 1, 2], duplicated: 1),
      Script(what: "one thrice", sequences: [0, 0, 0, 1], duplicated: 2),
      Script(what: "an old one again", sequences: [0, 1, 2, 0], duplicated: 1),
      Script(what: "two swapped", sequences: [0, 2, 1, 3], reordered: 1),
      Script(what: "one very late", sequences: [1, 2, 3, 4, 0], reordered: 1),
      Script(what: "late, then again", sequences: [0, 2, 1, 1], duplicated: 1, reordered: 1),
      Script(what: "a gap filled backwards", sequences: [0, 4, 3, 2, 1], reordered: 3),
      Script(what: "a gap filled from its middle", sequences: [0, 6, 3, 1, 5], reordered: 3),
      Script(
        what: "all at once", sequences: [0, 2, 1, 4, 4, 8, 6, 2], duplicated: 2, reordered: 2),
    ])
  func countsExactly(script: Script) {
    let counted = integrity(script.sequences)
    #expect(counted.received == script.sequences.count)
    #expect(counted.duplicated == script.duplicated)
    #expect(counted.reordered == script.reordered)
    #expect(counted.corrupt + counted.torn == 0)
    // What is lost shows once the sender says how many there were.
    let sent = Set(script.sequences).max().map { Int($0) + 1 } ?? 0
    let lost = sent - Set(script.sequences).count
    #expect(sent + counted.duplicated - counted.received == lost)
  }

  @Test func aDamagedMessageIsCountedOnceWhateverItsNumberSays() {
    let flipped = 5 ^ (UInt64(1) << 63)
    for fault in [Fault.corrupt, .torn] {
      let counted = integrity([0, 1, 2, 3, 4, flipped, 6, 7], [5: fault])
      #expect(counted.corrupt == (fault == .corrupt ? 1 : 0))
      #expect(counted.torn == (fault == .torn ? 1 : 0))
      #expect(counted.violations == 1, "\(counted)")
      #expect(counted.received == 8)
    }
    #expect(integrity([0, 1, 2], [1: .corrupt]).violations == 1)
    #expect(integrity([.max], [0: .corrupt]).violations == 1)
  }

  @Test func manyGapsDoNotBreakIt() {
    let counted = integrity((0..<10_000).map { $0 * 2 })
    #expect(counted.received == 10_000)
    #expect(counted.violations == 0, "losses are counted where both sides meet")
  }
}
