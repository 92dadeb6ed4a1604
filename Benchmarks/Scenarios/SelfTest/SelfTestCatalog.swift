// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Topology

/// What the job of a self-test may name: synthetic stores, and the null store.
enum SelfTestCatalog {
  static func catalog(_ machine: Machine) -> Catalog {
    Catalog(
      backends: SyntheticStore.allCases.map(backend) + [null],
      serializers: [.init(name: "none", sizeClass: "raw", summary: "plain bytes")],
      waits: [.init(name: "spin", sleepsBetweenMessages: false)],
      workloads: [
        .init(name: "stream", latency: .oneWay, canBeOpen: true),
        .init(name: "pingpong", latency: .halfRoundTrip),
      ],
      placementPresets: [],
      defaultPlacement: .parts(producer: "pu:0", customer: "pu:0", segment: "producer"),
      defaultWait: "spin", defaultWorkload: "stream")
  }

  private static func backend(_ store: SyntheticStore) -> Catalog.Backend {
    var backend = Catalog.Backend(
      name: store.rawValue, capabilities: [store.kind == .ring ? .crossProcess : .null],
      waits: ["spin"], serializers: ["none"],
      workloads: [store.kind == .timed ? "pingpong" : "stream"])
    backend.loads = [.stalling, .steady].contains(store) ? ["open"] : ["closed"]
    return backend
  }

  private static var null: Catalog.Backend {
    Catalog.Backend(
      name: "null", capabilities: [.null], waits: ["spin"], serializers: ["none"],
      workloads: ["stream", "pingpong"])
  }

  /// Why a machine cannot host a cell; nil when it can.
  static func reasonNotToHost(_ cell: Cell, _ machine: Machine) -> String? {
    guard let store = SyntheticStore(rawValue: cell.store) else { return nil }
    let cpus = machine.allowedCPUs.count
    if store.kind == .ring || [.straying, .returning].contains(store), cpus < 2 {
      return "needs two CPUs"
    }
    let nodes = machine.numaNodes.filter {
      $0.memoryBytes != 0 && $0.nodeset.isSubset(of: machine.allowedNodes)
    }
    if store == .misplacing, nodes.count < 2 { return "needs two NUMA nodes with memory" }
    return nil
  }
}
