// SPDX-License-Identifier: Apache-2.0

extension Machine: Codable {
  private enum CodingKeys: String, CodingKey {
    case schema, origin, fingerprint, packages, cores, pus, caches, distances
    case isThisSystem = "is_this_system"
    case cpuModel = "cpu_model"
    case numaNodes = "numa_nodes"
    case l3Caches = "l3_caches"
    case allowedCPUs = "allowed_cpus"
    case allowedNodes = "allowed_nodes"
    case onlineCPUs = "online_cpus"
  }

  private static var schema: String { "weir-machine/1" }

  /// Units are in the key names, sets are Linux lists, and unknown is null.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.schema, forKey: .schema)
    try container.encode(recordedOrigin, forKey: .origin)
    try container.encode(isThisSystem, forKey: .isThisSystem)
    try container.encode(fingerprint, forKey: .fingerprint)
    try container.encode(cpuModel, forKey: .cpuModel)
    try container.encode(packages, forKey: .packages)
    try container.encode(numaNodes, forKey: .numaNodes)
    try container.encode(l3Caches, forKey: .l3Caches)
    try container.encode(cores, forKey: .cores)
    try container.encode(pus, forKey: .pus)
    try container.encode(caches, forKey: .caches)
    try container.encode(distances, forKey: .distances)
    try container.encode(allowedCPUs, forKey: .allowedCPUs)
    try container.encode(allowedNodes, forKey: .allowedNodes)
    try container.encode(onlineCPUs, forKey: .onlineCPUs)
  }

  /// A record of a record is of the same origin.
  private var recordedOrigin: String {
    if case .recorded(let origin) = origin { return origin }
    return origin.description
  }

  /// The machine as its record reads back: a description, equal to itself however often it is stored.
  public var record: Machine {
    Machine(
      origin: .recorded(recordedOrigin), isThisSystem: false, cpuModel: cpuModel,
      packages: packages, numaNodes: numaNodes, l3Caches: l3Caches, cores: cores, pus: pus,
      caches: caches, distances: distances, allowedCPUs: allowedCPUs, allowedNodes: allowedNodes,
      onlineCPUs: onlineCPUs, handle: nil)
  }

  /// Reads a record. The result is a described machine, also when the record was made here.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let schema = try container.decode(String.self, forKey: .schema)
    guard schema == Self.schema else {
      throw DecodingError.dataCorruptedError(
        forKey: .schema, in: container,
        debugDescription: "'\(schema.printable)' is not \(Self.schema); record the machine anew")
    }
    origin = .recorded(try container.decode(String.self, forKey: .origin))
    isThisSystem = false
    cpuModel = try container.decodeIfPresent(String.self, forKey: .cpuModel)
    packages = try Self.objects(container, .packages, .package)
    numaNodes = try Self.objects(container, .numaNodes, .numa)
    l3Caches = try Self.objects(container, .l3Caches, .l3)
    cores = try Self.objects(container, .cores, .core)
    pus = try Self.objects(container, .pus, .pu)
    caches = try container.decode([CacheSize].self, forKey: .caches)
    distances = try container.decodeIfPresent(NUMADistances.self, forKey: .distances)
    allowedCPUs = try container.decode(CPUSet.self, forKey: .allowedCPUs)
    allowedNodes = try container.decode(NodeSet.self, forKey: .allowedNodes)
    onlineCPUs = try container.decode(CPUSet.self, forKey: .onlineCPUs)
    handle = nil
    if let distances { try Self.check(distances, nodes: numaNodes.count, container) }
  }

  /// The rest of the module indexes these arrays by logical index: check that here, once.
  private static func objects(
    _ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys, _ kind: ObjectKind
  ) throws -> [MachineObject] {
    let objects = try container.decode([MachineObject].self, forKey: key)
    let isEmpty = objects.isEmpty && (kind == .pu || kind == .numa)
    let isDense = objects.enumerated().allSatisfy { $0 == $1.logicalIndex && $1.kind == kind }
    guard isDense, !isEmpty else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: container,
        debugDescription: "not the \(kind.noun)s of a machine in logical order")
    }
    return objects
  }

  private static func check(
    _ distances: NUMADistances, nodes: Int, _ container: KeyedDecodingContainer<CodingKeys>
  ) throws {
    guard distances.nodes == Array(0..<nodes), distances.rows.count == nodes,
      distances.rows.allSatisfy({ $0.count == nodes })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .distances, in: container,
        debugDescription: "the matrix does not cover the \(nodes) NUMA nodes")
    }
  }
}
