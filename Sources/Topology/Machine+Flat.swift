// SPDX-License-Identifier: Apache-2.0

extension Machine {
  /// A machine of which only its counts are known: so many CPUs, numbered from 0, in one NUMA node.
  ///
  /// For pictures of records that kept no more; it is a description and never bound to.
  ///
  /// - Parameter memoryBytes: nil when unknown.
  /// - Precondition: there is a CPU.
  public init(cpuModel: String?, cpus count: Int, memoryBytes: Int?) {
    precondition(count > 0, "a machine has a CPU")
    let cpus = CPUSet(0...(count - 1))
    let nodes = NodeSet(0...0)
    let node = MachineObject(
      kind: .numa, logicalIndex: 0, osIndex: 0, cpuset: cpus, nodeset: nodes,
      memoryBytes: memoryBytes, cacheBytes: nil)
    let pus = (0..<count).map { cpu in
      MachineObject(
        kind: .pu, logicalIndex: cpu, osIndex: cpu, cpuset: CPUSet(cpu...cpu), nodeset: nodes,
        memoryBytes: nil, cacheBytes: nil)
    }
    self.init(
      origin: .recorded("counts alone"), isThisSystem: false, cpuModel: cpuModel, packages: [],
      numaNodes: [node], l3Caches: [], cores: [], pus: pus, caches: [], distances: nil,
      allowedCPUs: cpus, allowedNodes: nodes, onlineCPUs: cpus, handle: nil)
  }
}
