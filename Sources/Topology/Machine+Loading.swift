// SPDX-License-Identifier: Apache-2.0

internal import CHwloc
internal import CNuma
internal import Glibc

extension Machine {
  /// The system this process runs on, as of now. Takes about a millisecond.
  ///
  /// hwloc's own variables are honoured: with `HWLOC_XMLFILE` or `HWLOC_SYNTHETIC` set the result
  /// is a described machine, and says so in ``origin``.
  /// - Throws: `loadFailed` when hwloc cannot read the system.
  public static func current() throws(TopologyError) -> Machine {
    let handle = try TopologyHandle.load(.thisSystem)
    guard handle.isThisSystem else {
      return try Machine(handle, origin: originFromEnvironment())
    }
    return try Machine(handle, origin: .thisSystem)
  }

  /// The machine that an hwloc XML file describes (`lstopo file.xml` writes one).
  ///
  /// - Throws: `loadFailed` when the file cannot be read or is no hwloc XML.
  public init(xmlFile path: String) throws(TopologyError) {
    try self.init(TopologyHandle.load(.xml(path: path)), origin: .xml(path))
  }

  /// A machine described in hwloc's synthetic grammar, such as "package:2 numa:2 core:4 pu:2".
  ///
  /// hwloc's short names ("pack:2"), attributes ("pu:2(indexes=0,2,1,3)") and attached memory
  /// ("[numa(memory=4GB)]") are accepted too.
  /// - Throws: `malformed` with the position, or `loadFailed` when hwloc rejects a type or an
  ///   attribute.
  public init(synthetic text: String) throws(TopologyError) {
    try SyntheticDescription.check(text)
    try self.init(TopologyHandle.load(.synthetic(text)), origin: .synthetic(text))
  }

  init(_ handle: TopologyHandle, origin: MachineOrigin) throws(TopologyError) {
    let survey = TopologySurvey(handle: handle, origin: origin)
    self.origin = origin
    isThisSystem = handle.isThisSystem
    cpuModel = survey.cpuModel()
    packages = try survey.objects(.package)
    numaNodes = try survey.numaNodes()
    l3Caches = try survey.objects(.l3)
    cores = try survey.objects(.core)
    pus = try survey.objects(.pu)
    caches = try survey.caches()
    distances = survey.distances(nodeCount: numaNodes.count)
    onlineCPUs = try survey.onlineCPUs()
    allowedCPUs = try survey.allowedCPUs().intersection(onlineCPUs)
    let allowed = try survey.allowedNodes()
    // The kernel's own word on memory is finer than the cgroup files hwloc reads.
    allowedNodes = handle.isThisSystem ? Self.narrowedByKernel(allowed) : allowed
    self.handle = handle
  }

  /// What the kernel lets this process allocate from; `nodes` unchanged where it does not say.
  private static func narrowedByKernel(_ nodes: NodeSet) -> NodeSet {
    guard let kernel = MemoryPolicy.allowedNodes(), !kernel.isDisjoint(with: nodes) else {
      return nodes
    }
    return nodes.intersection(kernel)
  }

  private static func originFromEnvironment() -> MachineOrigin {
    func value(_ name: String) -> String? {
      guard let text = unsafe getenv(name) else { return nil }
      return unsafe String(cString: text)
    }
    if let path = value("HWLOC_XMLFILE") { return .xml(path) }
    if let text = value("HWLOC_SYNTHETIC") { return .synthetic(text) }
    return .xml(value("HWLOC_FSROOT") ?? "named by hwloc's environment variables")
  }
}
