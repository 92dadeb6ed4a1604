// SPDX-License-Identifier: Apache-2.0

import Topology

/// The job file that asks for everything a machine's nodes allow.
struct PlacementJob {
  let kernel: KernelView
  /// One store, and each pair of nodes with one home.
  let isShort: Bool

  /// Short phases: an emulated clock measures nothing, and every cell is one launch. A ring of counters
  /// of that depth has more pages than any machine here has nodes.
  static let head = """
    schema: 1
    defaults: { warmup: 5ms, measure: 100ms, slice: 10ms, launches: 1, verify: full, seed: 1 }
    workload: { depth: 256, backpressure: block, load: closed }

    """

  /// The other stores, whose segment holds counters alone, take the homes in turn.
  var yaml: String {
    let nodes = kernel.nodesWithCPUs.indices
    var all: [String] = []
    var turns: [String] = []
    for producer in nodes {
      for customer in nodes {
        let homes = self.homes(producer, customer, of: nodes.count)
        let pairs = homes.map { place("numa:\(producer)", "numa:\(customer)", $0) }
        let turn = pairs[turns.count % pairs.count]
        // Two nodes can afford every home of every pair; more have the producer's, and the others in turn.
        all += nodes.count <= 2 ? pairs : turn == pairs[0] ? [turn] : [pairs[0], turn]
        turns.append(turn)
      }
    }
    // Two nodes can afford the other stores too.
    let hasOthers = !isShort && nodes.count <= 2
    return Self.head + "groups:\n" + group("pairs", stores: "shm", isShort ? turns : all)
      + (hasOthers ? group("turns", stores: "list, queue", turns) : "")
      + group("presets", stores: "shm", Self.presets)
      + group("objects", stores: "shm", objects)
  }

  private static let presets = ["same-core", "same-l3", "same-node", "cross-node"]

  /// Each home of a segment, and none twice: within a node, producer's and customer's are one, and how
  /// pages are interleaved over all nodes does not depend on who sits where.
  private func homes(_ producer: Int, _ customer: Int, of count: Int) -> [String] {
    let third = (0..<count).first { $0 != producer && $0 != customer }
    guard producer != customer else {
      return ["producer", "interleave"] + (third.map { ["node:\($0)"] } ?? [])
    }
    // A named node that neither end sits on, where there is one.
    return ["producer", "customer", "node:\(third ?? customer)"]
      + (count <= 2 ? ["interleave"] : [])
  }

  /// One seat of each kind, alone and below another, and the kernel's own choice of memory.
  private var objects: [String] {
    let last = kernel.nodesWithCPUs.count - 1
    return [
      place("package:0", "package:\(last)", "producer"), place("l3:\(last)", "l3:0", "producer"),
      place("core:last", "core:0", "producer"),
      place("pu:0", "pu:\(kernel.onlineCPUs.count - 1)", "customer"),
      place("package:\(last).core:0", "numa:0.pu:last", "producer"),
      place("numa:\(last)", "numa:0", "first-touch"),
    ]
  }

  private func place(_ producer: String, _ customer: String, _ segment: String) -> String {
    "{ producer: \"\(producer)\", customer: \"\(customer)\", segment: \"\(segment)\" }"
  }

  private func group(_ name: String, stores: String, _ placements: [String]) -> String {
    """
      - name: \(name)
        axes:
          workload: [stream]
          store: [\(stores)]
          serializer: [large]
          size: [1KiB]
          wait: [park]
          placement:
    \(placements.map { "        - \($0)" }.joined(separator: "\n"))

    """
  }
}
