// SPDX-License-Identifier: Apache-2.0
public import Topology

/// The placements of a machine as a job: a group per class, so that the ordinary harness measures
/// them and a stored run names the class of every cell.
public struct MatrixJob: Sendable {
  /// One group of the job.
  public struct Group: Sendable {
    /// A class of placements, or a preset that the machine lacks.
    public let name: String
    public let placements: [PlacementRequest]
    /// Placements of the machine that they stand for; nil for a preset.
    public let count: Int?
  }

  public let groups: [Group]
  public let customers: Int
  public let notes: [String]

  /// The longest a matrix takes unless somebody says otherwise.
  public static let budget = Nanoseconds.seconds(60)

  /// One producer and one customer: a placement per class, or all of them.
  ///
  /// - Throws: `HarnessError` (`job`) when all are more than a job may have cells.
  public init(
    _ classes: PlacementClasses, on machine: Machine, all: Bool, cellsPerPlacement: Int
  ) throws(HarnessError) {
    customers = 1
    let cells = classes.placementCount.multipliedReportingOverflow(by: cellsPerPlacement)
    if all, cells.overflow || cells.partialValue > JobLimits.cells {
      throw HarnessError(
        .job, at: "--all",
        "\(classes.puCount) producers × \(classes.puCount) customers × \(classes.homes.count) memory"
          + " nodes × \(cellsPerPlacement) cells each are more than"
          + " \(Figures.grouped(JobLimits.cells)) cells",
        remedy: "leave --all out: \(classes.classes.count) placements stand for all of them")
    }
    groups =
      (all ? Self.everything(classes) : Self.representatives(classes)) + Self.missing(on: machine)
    notes =
      [
        "\(classes.classes.count) classes of placements stand for "
          + "\(Figures.grouped(classes.placementCount)): \(classes.puCount) producers ×"
          + " \(classes.puCount) customers × \(classes.homes.count) memory node(s)"
          + (all ? "; all are measured" : ""),
        "where a customer copies to is no axis: customers check every byte in place and copy nothing",
      ] + Self.forbidden(on: machine)
  }

  /// One producer and customers on all allowed CPUs, which share these as the kernel likes.
  public init(_ classes: [FanOutClass], on machine: Machine, customers: Int) {
    self.customers = customers
    groups = classes.map {
      Group(
        name: $0.name, placements: [PlacementRequest($0.representative)], count: $0.count)
    }
    notes =
      ["\(customers) customers share all allowed CPUs as the kernel likes"]
      + Self.forbidden(on: machine)
  }

  private static func representatives(_ classes: PlacementClasses) -> [Group] {
    classes.classes.map {
      Group(
        name: $0.name, placements: [PlacementRequest($0.representative)], count: $0.count)
    }
  }

  private static func everything(_ classes: PlacementClasses) -> [Group] {
    var members: [String: [PlacementRequest]] = [:]
    for (placement, name) in classes.everyPlacement() {
      members[name, default: []].append(PlacementRequest(placement))
    }
    return classes.classes.map {
      Group(name: $0.name, placements: members[$0.name] ?? [], count: $0.count)
    }
  }

  /// Presets that the machine cannot host: planned, and skipped with the machine's reason.
  private static func missing(on machine: Machine) -> [Group] {
    PlacementPreset.allCases.compactMap { preset in
      guard case .unavailable = machine.resolve(preset) else { return nil }
      return Group(name: preset.rawValue, placements: [.preset(preset.rawValue)], count: nil)
    }
  }

  private static func forbidden(on machine: Machine) -> [String] {
    let cpus = machine.onlineCPUs.subtracting(machine.allowedCPUs)
    let all = machine.numaNodes.reduce(into: NodeSet()) { $0.formUnion($1.nodeset) }
    let nodes = all.subtracting(machine.allowedNodes)
    let empty = machine.numaNodes.filter { $0.memoryBytes == 0 }.map(\.expression)
    return [
      cpus.isEmpty ? nil : "CPU \(cpus) is forbidden here and left out",
      nodes.isEmpty ? nil : "memory of node \(nodes) is forbidden here and left out",
      empty.isEmpty ? nil : "\(empty.joined(separator: ", ")) has no memory of its own",
    ].compactMap { $0 }
  }
}

extension PlacementRequest {
  init(_ placement: Placement) {
    self = .parts(
      producer: placement.producer.expression, customer: placement.customer.expression,
      segment: placement.home.description)
  }
}

extension MatrixJob {
  /// What is measured at each placement.
  public var workloads: [String] { customers == 1 ? ["pingpong", "stream"] : ["stream"] }

  /// The job as text: what a run keeps, and what `weir run` could measure again.
  ///
  /// - Parameters: the values of the axes; overrides may still replace them.
  public func yaml(stores: [String], serializer: String, sizes: [String], waits: [String]) -> String
  {
    func list(_ words: [String]) -> String {
      "[\(words.map { "\"\($0)\"" }.joined(separator: ", "))]"
    }
    var lines = [
      "schema: 1", "name: matrix", "title: producer × customer × segment",
      "defaults: { warmup: 20ms, measure: 200ms, launches: 12, verify: full, seed: 1, "
        + "budget: \(Self.budget) }",
      "axes:", "  workload: \(list(workloads))", "  store: \(list(stores))",
      "  serializer: [\"\(serializer)\"]", "  size: \(list(sizes))", "  wait: \(list(waits))",
      "workload: { customers: \(customers), depth: auto, segment_limit: 4MiB, backpressure: block }",
      "groups:",
    ]
    for group in groups {
      lines.append("  - name: \(group.name)")
      lines.append("    placement:")
      for placement in group.placements {
        switch placement {
        case .preset(let name): lines.append("      - \(name)")
        case .parts(let producer, let customer, let segment):
          lines.append(
            "      - { producer: \"\(producer)\", customer: \"\(customer)\", "
              + "segment: \"\(segment)\" }")
        }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
