// SPDX-License-Identifier: Apache-2.0

/// Where memory shall live, in words; independent of where the threads sit.
public enum MemoryHome: Hashable, Sendable, CustomStringConvertible {
  /// Near whoever touches a page first: the kernel's default.
  case firstTouch
  /// On one NUMA node, by hwloc's logical index.
  case node(Int)
  /// Page by page in turn over all allowed nodes with memory.
  case interleave
  /// Near the producer's seat.
  case producer
  /// Near the customer's seat.
  case customer

  /// Reads "first-touch", "node:1" (or "numa:1"), "interleave", "producer" or "customer".
  ///
  /// - Throws: `malformed` for anything else.
  public init(_ text: String) throws(TopologyError) {
    switch text {
    case "first-touch": self = .firstTouch
    case "interleave": self = .interleave
    case "producer": self = .producer
    case "customer": self = .customer
    default:
      let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2, ObjectKind(keyword: halves[0]) == .numa else {
        throw Self.malformed(text, position: 1)
      }
      let digits = halves[1].utf8
      let isNumber = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
      guard isNumber, let index = Int(halves[1]), index <= NodeSet.maximumIndex else {
        throw Self.malformed(text, position: halves[0].utf8.count + 2)
      }
      self = .node(index)
    }
  }

  private static func malformed(_ text: String, position: Int) -> TopologyError {
    TopologyError(
      .malformed(position: position),
      "'\(text.printable)' is no home for memory at character \(position); use producer, customer, "
        + "node:N, interleave or first-touch")
  }

  /// The text that ``init(_:)`` reads.
  public var description: String {
    switch self {
    case .firstTouch: "first-touch"
    case .node(let index): "node:\(index)"
    case .interleave: "interleave"
    case .producer: "producer"
    case .customer: "customer"
    }
  }
}

extension MemoryHome: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
