// SPDX-License-Identifier: Apache-2.0

/// A place on some machine, in words: "core:0", "package:1.core:3", "numa:0.core:last", "any".
///
///     expression = "any" | step { "." step }
///     step       = kind ":" index
///     kind       = "package" | "numa" | "l3" | "core" | "pu"
///     index      = number | "first" | "last" | "*"
///
/// An index is hwloc's logical index, counted within the step before it; "*" is all of the kind
/// ("pu:*" is "any": every CPU allowed here), and only the last step may be "*".
/// "pack" and "socket" are read as "package", "node" as "numa".
public struct SeatExpression: Hashable, Sendable, CustomStringConvertible {
  enum Index: Hashable {
    case number(Int)
    case first, last, all
  }

  struct Step: Hashable {
    let kind: ObjectKind
    let index: Index
  }

  /// A place below five kinds of object needs no more steps.
  static let maximumSteps = 5

  /// The steps, outermost first; none for "any".
  let steps: [Step]

  /// The text as it was written.
  public let description: String

  /// Reads an expression.
  ///
  /// - Throws: `malformed` with the position of the step that cannot be read.
  public init(_ text: String) throws(TopologyError) {
    description = text
    if text == "any" {
      steps = []
      return
    }
    var steps: [Step] = []
    var position = 1
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= Self.maximumSteps else {
      throw Self.malformed(
        text, 1, "has more than \(Self.maximumSteps) steps", "name each kind of object once")
    }
    for (index, part) in parts.enumerated() {
      let step = try Self.step(part, of: text, at: position)
      if step.index == .all, index + 1 < parts.count {
        throw Self.malformed(text, position, "goes on after '*'", "put '*' in the last step")
      }
      steps.append(step)
      position += part.utf8.count + 1
    }
    self.steps = steps == [Step(kind: .pu, index: .all)] ? [] : steps
  }

  private static func step(
    _ part: Substring, of text: String, at position: Int
  ) throws(TopologyError) -> Step {
    let halves = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let kind = ObjectKind(keyword: halves[0]) else {
      let word = halves[0].isEmpty ? "has an empty kind" : "has no kind '\(halves[0])'"
      throw malformed(
        text, position, word, "use package, numa, l3, core or pu, or a preset where one is allowed")
    }
    let indexPosition = position + halves[0].utf8.count + 1
    guard halves.count == 2 else {
      throw malformed(text, position, "has a kind without index", "write \(kind.rawValue):0")
    }
    switch halves[1] {
    case "first": return Step(kind: kind, index: .first)
    case "last": return Step(kind: kind, index: .last)
    case "*": return Step(kind: kind, index: .all)
    default:
      let digits = halves[1].utf8
      let isNumber = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
      guard isNumber, let number = Int(halves[1]), number <= CPUSet.maximumIndex else {
        throw malformed(
          text, indexPosition, "has no index '\(halves[1])'",
          "use a number up to \(CPUSet.maximumIndex), first, last or *")
      }
      return Step(kind: kind, index: .number(number))
    }
  }

  private static func malformed(
    _ text: String, _ position: Int, _ reason: String, _ remedy: String
  ) -> TopologyError {
    TopologyError(
      .malformed(position: position),
      "seat '\(text.printable)' \(reason.printable) at character \(position); \(remedy)")
  }
}

extension SeatExpression: Codable {
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
