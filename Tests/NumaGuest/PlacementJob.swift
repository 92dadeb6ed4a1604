// SPDX-License-Identifier: Apache-2.0

import Topology

/// The job file that asks for everything a machine's nodes allow.
struct PlacementJob {
  let kernel: KernelView

  /// Short phases: an emulated clock measures nothing, and every cell is one launch. A ring of counters
  /// of that depth has more pages than any machine here has nodes.
  static let head = """
    schema: 1
    defaults: { warmup: 5ms, measure: 100ms, slice: 10ms, launches: 1, verify: full, seed: 1 }
    workload: { depth: 256, backpressure: block, load: closed }

    """

  /// Two nodes can afford every home in every store. With more of them shm has them all, and the other
  /// stores, whose segment holds counters alone, take the homes in turn.
  var yaml: String {
    let nodes = kernel.nodesWithCPUs.indices
    var all: [String] = []
    var turns: [String] = []
    for producer in nodes {
      for customer in nodes {
        let homes = self.homes(producer, customer, of: nodes.count)
        let pairs = homes.map { place("numa:\(producer)", "numa:\(customer)", $0) }
        all += pairs
        turns.append(pairs[turns.count % pairs.count])
      }
    }
    let isSmall = nodes.count <= 2
    return Self.head + "groups:\n"
      + group("pairs", stores: isSmall ? "list, queue, shm" : "shm", all)
      + (isSmall ? "" : group("turns", stores: "list, queue", turns))
      + group(
        "presets", stores: "list, queue, shm",
        ["same-core", "same-l3", "same-node", "cross-node"])
      + group("objects", stores: "shm", objects)
  }

  private func homes(_ producer: Int, _ customer: Int, of count: Int) -> [String] {
    // A named node: on two, both; on more, one that neither end sits on where there is one.
    let named =
      count <= 2
      ? Array(0..<count)
      : [(0..<count).first { $0 != producer && $0 != customer } ?? producer]
    return ["producer", "customer", "interleave"] + named.map { "node:\($0)" }
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
