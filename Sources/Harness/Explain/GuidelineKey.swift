// SPDX-License-Identifier: Apache-2.0

/// What two cells must share to be compared under a guideline: everything but what it is about.
struct GuidelineKey: Hashable {
  enum Part: Hashable, CaseIterable {
    case workload, store, serializer, size, wait, load, placement, customers, rest
  }

  private var parts: [Part: String]

  init(_ cell: Cell) {
    // Not the depth: `auto` chooses it by size, so that cells of two sizes would never meet.
    parts = [
      .workload: cell.workload, .store: cell.store, .serializer: cell.serializer,
      .size: cell.size.description, .wait: cell.wait, .load: cell.load.description,
      .placement: cell.placement.description, .customers: String(cell.customers),
      .rest:
        "\(cell.backpressure.rawValue) \(cell.producers) \(cell.pages) \(cell.replicas) "
        + cell.verification.rawValue,
    ]
  }

  func without(_ part: Part) -> GuidelineKey {
    var key = self
    key.parts[part] = nil
    return key
  }
}
