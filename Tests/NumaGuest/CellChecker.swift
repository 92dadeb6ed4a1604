// SPDX-License-Identifier: Apache-2.0

import Harness
import Topology

/// Compares a measured cell with what its placement means by the kernel's own files.
struct CellChecker {
  let kernel: KernelView

  /// What is wrong with a cell; nothing when it is where it was asked to be, or was skipped because this
  /// machine cannot host it.
  func complaints(of cell: RunCell) -> [String] {
    guard isHostable(cell.cell.placement) else {
      let isSkipped = cell.status == .skipped && cell.summary.reason != nil
      return isSkipped ? [] : ["is \(cell.status.rawValue), and this machine cannot host it"]
    }
    guard cell.status == .ok, let seen = cell.summary.placement else {
      return ["is \(cell.status.rawValue): \(cell.summary.reason ?? "no placement was observed")"]
    }
    let isFirstTouch = home(cell.cell.placement) == "first-touch"
    var complaints: [String] = []
    // First touch asks for no node, so weir cannot verify it, and must not say that it did.
    if seen.verified != (isFirstTouch ? nil : true) {
      complaints.append("verified is \(seen.verified.map(String.init) ?? "null")")
    }
    complaints += seats(cell.cell.placement, seen)
    complaints += pages(cell.cell.placement, seen)
    return complaints
  }

  /// What was seen, for the log.
  func describe(_ cell: RunCell) -> String {
    guard let seen = cell.summary.placement else {
      return "\(cell.status.rawValue), \(cell.summary.reason ?? "no reason")"
    }
    let pages = (seen.segmentPagesByNode ?? [:]).sorted { $0.key < $1.key }
      .map { "node \($0.key): \($0.value)" }
    return "CPU \(CPUSet(seen.producerCPUs)) -> \(CPUSet(seen.customerCPUs)), pages "
      + pages.joined(separator: ", ")
  }

  // MARK: Seats

  func isHostable(_ request: PlacementRequest) -> Bool {
    guard case .preset(let name) = request else { return true }
    let cpus = Array(kernel.onlineCPUs)
    return name == "same-core"
      || cpus.contains { one in cpus.contains { one != $0 && fits(name, one, $0) } }
  }

  private func fits(_ preset: String, _ one: Int, _ other: Int) -> Bool {
    switch preset {
    case "same-core": kernel.share(.core, one, other)
    case "same-l3": one != other && kernel.share(.l3, one, other)
    case "same-node": one != other && kernel.share(.numa, one, other)
    case "cross-node": !kernel.share(.numa, one, other)
    default: false
    }
  }

  private func seats(_ request: PlacementRequest, _ seen: ObservedPlacement) -> [String] {
    let (producer, customer) = (seen.producerCPUs, seen.customerCPUs)
    guard !producer.isEmpty, !customer.isEmpty else { return ["no CPU was seen"] }
    switch request {
    case .preset(let name):
      let isRight = producer.allSatisfy { one in customer.allSatisfy { fits(name, one, $0) } }
      return isRight ? [] : ["CPU \(producer) and \(customer) are not \(name)"]
    case .parts(let first, let second, _):
      return [(first, producer), (second, customer)].compactMap { expression, cpus in
        guard let wanted = kernel.cpus(expression) else { return "\(expression) is nowhere" }
        return CPUSet(cpus).isSubset(of: wanted)
          ? nil : "CPU \(cpus) is not in \(expression), which is CPU \(wanted)"
      }
    }
  }

  // MARK: Pages

  private func home(_ request: PlacementRequest) -> String {
    guard case .parts(_, _, let segment) = request else { return "producer" }
    return segment
  }

  private func pages(_ request: PlacementRequest, _ seen: ObservedPlacement) -> [String] {
    let counts = (seen.segmentPagesByNode ?? [:]).filter { $0.value > 0 }
    let total = counts.values.reduce(0, +)
    guard total > 0 else { return ["no page was counted"] }
    let home = home(request)
    guard home != "interleave" else { return interleaved(counts, total) }
    let node =
      switch home {
      case "producer", "first-touch": kernel.node(of: CPUSet(seen.producerCPUs))
      case "customer": kernel.node(of: CPUSet(seen.customerCPUs))
      default: kernel.node(named: home)
      }
    guard let node else { return ["\(home) means no node"] }
    return counts == ["\(node)": total] ? [] : ["pages lie on \(counts), asked for node \(node)"]
  }

  /// In turn: no node has more than one page above another. The header's page may have been made before
  /// its turn was known, which shifts one page more.
  private func interleaved(_ counts: [String: Int], _ total: Int) -> [String] {
    let nodes = kernel.nodesWithMemory.map { counts["\($0.number)"] ?? 0 }
    let spread = (nodes.max() ?? 0) - (nodes.min() ?? 0)
    let isComplete = nodes.reduce(0, +) == total
    return isComplete && spread <= 2
      ? [] : ["pages lie on \(counts), asked for a page each in turn"]
  }
}
