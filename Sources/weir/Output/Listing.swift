// SPDX-License-Identifier: Apache-2.0
internal import Harness

/// One line of a list.
protocol ListingEntry: Encodable {
  static var columns: [String] { get }
  /// A field for each column.
  var fields: [String] { get }
}

/// A list as a table or as JSON.
struct Listing<Entry: ListingEntry> {
  /// The key of the list in JSON.
  let name: String
  let entries: [Entry]

  func print(_ output: OutputOptions) throws {
    if output.json {
      try StandardOutput.write(try JSONText.of(record))
    } else {
      try StandardOutput.write(Document([.table(table)]))
    }
  }

  private var record: ListingRecord<Entry> { ListingRecord(name: name, entries: entries) }

  private var table: Table {
    Table(
      caption: "", columns: Entry.columns.map { Table.Column($0) },
      rows: entries.map { $0.fields.map { Table.Field($0) } })
  }
}

/// `{ "schema": "weir-list/1", "NAME": [...] }`.
private struct ListingRecord<Entry: Encodable>: Encodable {
  let name: String
  let entries: [Entry]

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode("weir-list/1", forKey: Key(stringValue: "schema"))
    try values.encode(entries, forKey: Key(stringValue: name))
  }
}
