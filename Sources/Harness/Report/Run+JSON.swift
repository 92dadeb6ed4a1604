// SPDX-License-Identifier: Apache-2.0
import Foundation

extension Run {
  /// The run as its file holds it: one line per top-level key and per cell, keys sorted within.
  ///
  /// One line per cell keeps a stored run diffable and greppable without pretty-printing a million
  /// slices.
  ///
  /// - Throws: `HarnessError` (`run`) for a number JSON cannot hold.
  public func json() throws(HarnessError) -> String {
    var lines: [String] = []
    func add(_ key: CodingKeys, _ value: String) {
      lines.append("\"\(key.stringValue)\": \(value)")
    }
    add(.schema, try encoded(Run.schema))
    add(.status, try encoded(status))
    add(.exit, try encoded(exit))
    add(.header, try encoded(header))
    add(.build, try encoded(build))
    add(.machine, try encoded(machine))
    add(.clock, try encoded(clock))
    add(.roofline, try encoded(roofline))
    add(.detectableEffect, try encoded(detectableEffect))
    var rows: [String] = []
    for cell in cells { rows.append(try encoded(cell)) }
    add(.cells, rows.isEmpty ? "[]" : "[\n\(rows.joined(separator: ",\n"))\n]")
    return "{\n\(lines.joined(separator: ",\n"))\n}\n"
  }

  /// Reads a run; keys it does not know are ignored.
  ///
  /// - Throws: `HarnessError` (`schema`) for a run of another schema, (`run`) naming the key that is
  ///   wrong.
  public init(json: String, source: String) throws(HarnessError) {
    if let schema = try? JSONDecoder().decode(SchemaName.self, from: Data(json.utf8)).schema,
      schema != Run.schema
    {
      throw HarnessError(
        .schema, at: source, "the file is of schema \(schema), and this build reads \(Run.schema)",
        remedy: "use the weir version that wrote it, or record the run again")
    }
    do {
      self = try JSONDecoder().decode(Run.self, from: Data(json.utf8))
    } catch {
      throw HarnessError(
        .run, at: source, "not a readable run: \(Self.explain(error))",
        remedy: "use a file written by `weir run --out` of this schema, \(Run.schema)")
    }
  }

  /// What is read of a file before it is known to be a run.
  private struct SchemaName: Decodable {
    let schema: String
  }

  public init(path: String) throws(HarnessError) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw HarnessError(
        .file, at: path, "the run cannot be read", remedy: "check the path and permissions")
    }
    try self.init(json: String(decoding: data, as: UTF8.self), source: path)
  }

  private func encoded(_ value: some Encodable) throws(HarnessError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw HarnessError(
        .run, at: header.id, "the run has no JSON form: \(Self.explain(error))",
        remedy: "report this as a bug")
    }
  }

  private static func explain(_ error: any Error) -> String {
    func path(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
      return keys.isEmpty ? "the top" : keys.joined(separator: ".")
    }
    switch error {
    case DecodingError.keyNotFound(let key, let context):
      return "`\(key.stringValue)` is missing at \(path(context))"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      return "\(context.debugDescription) at \(path(context))"
    default: return "\(error)"
    }
  }
}
