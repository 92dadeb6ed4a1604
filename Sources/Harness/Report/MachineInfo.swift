// SPDX-License-Identifier: Apache-2.0
public import Topology

/// The machine that was measured; nil is unknown.
public struct MachineInfo: Codable, Hashable, Sendable {
  /// Runs with different fingerprints are not compared.
  public var fingerprint: String
  public var kernel: String
  public var cpu: String
  public var logicalCPUs: Int?
  public var numaNodes: Int?
  public var memory: Int?
  public var hypervisor: String?
  /// Governor, turbo, huge pages and the like.
  public var checks: [Check]
  /// What there is of packages, nodes, caches and cores; nil in runs recorded before it was kept.
  public var topology: Machine?

  enum CodingKeys: String, CodingKey {
    case fingerprint, kernel, cpu
    case logicalCPUs = "logical_cpus"
    case numaNodes = "numa_nodes"
    case memory = "memory_bytes"
    case hypervisor, checks, topology
  }

  public init(
    fingerprint: String, kernel: String, cpu: String, logicalCPUs: Int? = nil,
    numaNodes: Int? = nil, memory: Int? = nil, hypervisor: String? = nil, checks: [Check] = [],
    topology: Machine? = nil
  ) {
    self.fingerprint = fingerprint
    self.kernel = kernel
    self.cpu = cpu
    self.logicalCPUs = logicalCPUs
    self.numaNodes = numaNodes
    self.memory = memory
    self.hypervisor = hypervisor
    self.checks = checks
    self.topology = topology
  }

  /// Something that can be right, wrong, or hidden from us, which is neither.
  public struct Check: Codable, Hashable, Sendable {
    public enum State: String, Codable, Sendable { case ok, bad, unavailable }

    public var name: String
    public var state: State
    public var value: String?
    /// What to do about it.
    public var hint: String?

    public init(name: String, state: State, value: String? = nil, hint: String? = nil) {
      self.name = name
      self.state = state
      self.value = value
      self.hint = hint
    }

    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(name, forKey: .name)
      try values.encode(state, forKey: .state)
      try values.encode(value, forKey: .value)
      try values.encode(hint, forKey: .hint)
    }

    private enum CodingKeys: String, CodingKey { case name, state, value, hint }
  }

  /// `AMD EPYC 9D25, 2 CPUs, 1 NUMA node, Linux 6.18`.
  public var label: String {
    var parts = [cpu]
    if let logicalCPUs { parts.append("\(logicalCPUs) CPU\(logicalCPUs == 1 ? "" : "s")") }
    if let numaNodes { parts.append("\(numaNodes) NUMA node\(numaNodes == 1 ? "" : "s")") }
    parts.append(kernel)
    if let hypervisor { parts.append(hypervisor) }
    return parts.joined(separator: ", ")
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(fingerprint, forKey: .fingerprint)
    try values.encode(kernel, forKey: .kernel)
    try values.encode(cpu, forKey: .cpu)
    try values.encode(logicalCPUs, forKey: .logicalCPUs)
    try values.encode(numaNodes, forKey: .numaNodes)
    try values.encode(memory, forKey: .memory)
    try values.encode(hypervisor, forKey: .hypervisor)
    try values.encode(checks, forKey: .checks)
    try values.encode(topology, forKey: .topology)
  }
}
