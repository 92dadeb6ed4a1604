// SPDX-License-Identifier: Apache-2.0

/// A report before it has a look: what terminal, Markdown and page all show.
public struct Document: Hashable, Sendable {
  public enum Block: Hashable, Sendable {
    case title(String)
    case heading(String)
    case line(String)
    /// A line that begins with what it is about.
    case fact(String, String)
    /// Something that must not be overlooked.
    case alarm(String)
    case list([String])
    case table(Table)
    /// For a page alone: a picture.
    case figure(Figure)
    /// For a page alone: text as it was typed.
    case source(String)
    /// For a page alone: more, for who asks for it.
    indirect case fold(String, [Block])
  }

  public var blocks: [Block] = []

  mutating func add(_ block: Block) { blocks.append(block) }
}

/// Whether a terminal gets colours.
public struct TerminalStyle: Hashable, Sendable {
  public let color: Bool
  /// Columns that text may take; 120 at most, so that a report pastes anywhere.
  public let width: Int

  static let widest = 120
  static let narrowest = 60

  public init(color: Bool, width: Int = 120) {
    self.color = color
    self.width = min(max(width, Self.narrowest), Self.widest)
  }

  /// Colours only on a terminal, and never with a non-empty `NO_COLOR` (no-color.org).
  public init(environment: [String: String], isTerminal: Bool, width: Int = 120) {
    let refused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    let dumb = environment["TERM"] == "dumb"
    self.init(color: isTerminal && !refused && !dumb, width: width)
  }
}
