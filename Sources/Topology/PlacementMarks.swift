// SPDX-License-Identifier: Apache-2.0

/// Where a placement put its ends and its memory, to be drawn on a machine.
public struct PlacementMarks: Hashable, Sendable {
  public var producers: CPUSet
  public var customers: CPUSet
  /// The NUMA nodes, by the kernel's number, that hold the segment.
  public var segment: NodeSet

  public init(
    producers: CPUSet = CPUSet(), customers: CPUSet = CPUSet(), segment: NodeSet = NodeSet()
  ) {
    self.producers = producers
    self.customers = customers
    self.segment = segment
  }

  /// Who sits on a PU.
  enum End: String {
    case producer, customer, both

    var letters: String {
      switch self {
      case .producer: "P"
      case .customer: "C"
      case .both: "PC"
      }
    }

    var words: String {
      switch self {
      case .producer: "the producer's"
      case .customer: "the customer's"
      case .both: "the producer's and the customer's"
      }
    }
  }

  func end(on pu: MachineObject) -> End? {
    switch (pu.cpuset.isDisjoint(with: producers), pu.cpuset.isDisjoint(with: customers)) {
    case (false, false): .both
    case (false, true): .producer
    case (true, false): .customer
    case (true, true): nil
    }
  }

  func holdsSegment(_ object: MachineObject) -> Bool {
    object.kind == .numa && !object.nodeset.isDisjoint(with: segment)
  }

  /// What the letters mean; nothing where nothing is marked.
  var legend: [String] {
    let isEmpty = producers.isEmpty && customers.isEmpty && segment.isEmpty
    return isEmpty ? [] : ["P producer, C customer"]
  }
}
