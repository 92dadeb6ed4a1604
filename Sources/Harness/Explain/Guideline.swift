// SPDX-License-Identifier: Apache-2.0
//
// Self-consistent performance guidelines: relations between two cells that must hold whatever the
// machine, so that a violation points at the harness, the store or the machine, and not at chance.
// After J. L. Träff, W. D. Gropp, R. Thakur, "Self-consistent MPI performance guidelines", IEEE TPDS
// 21(5), 2010.

/// One relation: of two cells that differ in one thing only, the lower rank is at least as fast.
struct Guideline: Sendable {
  /// Said when it is violated.
  let complaint: String
  let part: GuidelineKey.Part
  /// Nil for a cell that the guideline does not speak of.
  let rank: @Sendable (Cell) -> Int?

  static let all: [Guideline] = [
    Guideline(complaint: "a larger payload is faster than a smaller one", part: .size) {
      $0.size.bytes
    },
    Guideline(complaint: "lent items are slower than copied ones", part: .workload) {
      position($0.workload, in: ["loaned", "stream"])
    },
    Guideline(complaint: "batches are slower than single messages", part: .workload) {
      position($0.workload, in: ["batched", "stream"])
    },
    Guideline(complaint: "polling is slower than sleeping", part: .wait) {
      position($0.wait, in: ["spin", "spin-park", "park"])
    },
    Guideline(complaint: "the list store, by reference, is slower than the queue", part: .store) {
      position($0.store, in: ["list", "queue"])
    },
    Guideline(complaint: "more customers are cheaper than fewer", part: .customers) {
      $0.customers
    },
    Guideline(complaint: "ends that are nearer to each other are slower", part: .placement) {
      position($0.placement.description, in: ["same-l3", "same-node", "cross-node"])
    },
  ]

  private static func position(_ name: String, in order: [String]) -> Int? {
    order.firstIndex(of: name)
  }
}

/// A cell against all cells of its run that a guideline relates it to.
struct GuidelineCheck {
  private(set) var violations: [Explanation.Finding] = []
  private(set) var kept = 0
  private(set) var incomparable = 0

  init(_ evidence: CellEvidence) {
    guard let own = evidence.pace else { return }
    let cell = evidence.runCell
    for guideline in Guideline.all {
      guard let rank = guideline.rank(cell.cell) else { continue }
      let relatives = evidence.explainer.relatives(of: cell.cell, butFor: guideline.part)
      for (other, pace) in relatives {
        guard let otherRank = guideline.rank(other.cell), otherRank != rank else { continue }
        let isFirst = rank < otherRank
        let (fast, slow) = isFirst ? ((cell, own), (other, pace)) : ((other, pace), (cell, own))
        add(guideline, fast: fast, slow: slow)
      }
    }
  }

  /// - Parameter fast: which of the two should not be slower.
  private mutating func add(
    _ guideline: Guideline, fast: (cell: RunCell, pace: Pace), slow: (cell: RunCell, pace: Pace)
  ) {
    guard fast.pace.isComparable(to: slow.pace) else {
      incomparable += 1
      return
    }
    guard fast.pace.isSlower(than: slow.pace) else {
      kept += 1
      return
    }
    violations.append(
      .init(
        .guideline,
        "\(guideline.complaint): \(Self.name(fast.cell, guideline.part)) takes \(fast.pace.text) a"
          + " message, \(Self.name(slow.cell, guideline.part)) \(slow.pace.text)",
        remedy:
          "distrust both until it is explained: run the two alone, interleaved, with more launches"
      ))
  }

  private static func name(_ cell: RunCell, _ part: GuidelineKey.Part) -> String {
    switch part {
    case .size: "\(cell.cell.size)"
    case .workload: cell.cell.workload
    case .wait: cell.cell.wait
    case .store: cell.cell.store
    case .customers: "\(cell.cell.customers) customer(s)"
    case .placement: "\(cell.cell.placement)"
    case .serializer: cell.cell.serializer
    case .load: "\(cell.cell.load)"
    case .rest: cell.cell.id
    }
  }
}
