// SPDX-License-Identifier: Apache-2.0

/// A number of bytes, written as `48`, `64B`, `4KiB`, `1MiB`, `1GiB` or `1TiB`.
///
/// Units are powers of 1024 and spelled so; there is no `KB`, which people read both ways.
public struct ByteCount: Hashable, Comparable, Sendable {
  public let bytes: Int

  /// - Precondition: `bytes` is not negative.
  public init(_ bytes: Int) {
    precondition(bytes >= 0, "a byte count is not negative")
    self.bytes = bytes
  }

  /// Reads `64B`, `4KiB`, `1.5MiB` or a bare number of bytes.
  ///
  /// - Throws: `HarnessError` (`unit`) naming the spelling that would have been right.
  public init(parsing text: String) throws(HarnessError) {
    do {
      bytes = try ExactQuantity(text, units: Self.units + [.init("", 1)]).value
    } catch {
      throw Self.refusal(of: text, error)
    }
  }

  public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

  static let units: [ExactQuantity.Unit] = [
    .init("B", 1), .init("KiB", 1 << 10), .init("MiB", 1 << 20), .init("GiB", 1 << 30),
    .init("TiB", 1 << 40),
  ]

  private static func refusal(of text: String, _ problem: ExactQuantity.Problem) -> HarnessError {
    let spelling = "write a whole number and B, KiB, MiB, GiB or TiB, such as 64KiB"
    switch problem {
    case .negative:
      return HarnessError(.unit, "`\(text)` is a negative size", remedy: "write 1B or more")
    case .tooLarge:
      return HarnessError(.unit, "size `\(text)` is too large", remedy: "write at most 1TiB")
    case .inexact:
      return HarnessError(
        .unit, "`\(text)` is not a whole number of bytes", remedy: "use a smaller unit")
    case .unknownUnit(let suffix):
      return HarnessError(
        .unit, "`\(text)` is not a size", remedy: hint(for: suffix, in: text) ?? spelling)
    case .notANumber:
      return HarnessError(.unit, "`\(text)` is not a size", remedy: spelling)
    }
  }

  /// `64 kB`, `64K` and `64kib` all mean one thing to the person who typed them.
  private static func hint(for suffix: String, in text: String) -> String? {
    let letters = suffix.lowercased().filter(\.isLetter)
    let number = text.prefix { $0.isNumber || $0 == "." }
    for unit in units {
      let name = unit.suffix.lowercased()
      guard [name, String(name.prefix(1)), "\(name.prefix(1))b"].contains(letters) else { continue }
      let note = unit.scale == 1 ? "" : " (\(unit.suffix) is \(unit.scale) bytes)"
      return "write \(number)\(unit.suffix)\(note)"
    }
    return nil
  }
}

extension ByteCount: CustomStringConvertible {
  /// The shortest exact form: 1048576 is `1MiB`, 1536 is `1536B`.
  public var description: String { ExactQuantity.text(bytes, units: Self.units) }
}

extension ByteCount: Codable {
  /// A byte count is stored as its number of bytes.
  public init(from decoder: any Decoder) throws {
    let bytes = try decoder.singleValueContainer().decode(Int.self)
    guard bytes >= 0 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a byte count is not negative"))
    }
    self.init(bytes)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytes)
  }
}
