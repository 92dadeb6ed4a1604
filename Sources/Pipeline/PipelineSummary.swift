// SPDX-License-Identifier: Apache-2.0

/// How a stage ended.
public enum StageEnd: String, Sendable, Hashable, Codable {
  /// Its inputs, or what it made, came to their end.
  case finished
  /// The pipeline was stopped; a source made no more, what was under way went through.
  case stopped
  /// The pipeline was terminated, or another stage failed.
  case terminated
  /// It threw.
  case failed
  /// Its process ended before its work did.
  case died
}

/// What one stage did.
public struct StageSummary: Sendable, Hashable, Codable {
  public var name: String
  /// Items made by a source, and times that another stage's body was called.
  public var processed: UInt64
  /// Items passed on, once per ring.
  public var emitted: UInt64
  /// Items discarded because an output was full.
  public var dropped: UInt64
  /// Items that the strategies of its inputs passed over.
  public var skipped: UInt64
  /// From its start to its end.
  public var seconds: Double
  public var end: StageEnd
  /// What its body's `finish` said, or why it failed.
  public var text: String

  /// Items processed per second; nil when it took no time.
  public var ratePerSecond: Double? { seconds > 0 ? Double(processed) / seconds : nil }
}

/// What the stages of a pipeline did. Its description is a table.
public struct PipelineSummary: Sendable, Hashable, Codable, CustomStringConvertible {
  /// In the order they were added.
  public var stages: [StageSummary]

  public subscript(name: String) -> StageSummary? { stages.first { $0.name == name } }

  public var description: String {
    let header = ["stage", "processed", "emitted", "dropped", "skipped", "rate/s", "end", "text"]
    let rows = stages.map { stage in
      [
        stage.name, String(stage.processed), String(stage.emitted), String(stage.dropped),
        String(stage.skipped), stage.ratePerSecond.map { String(Int($0)) } ?? "-",
        stage.end.rawValue, stage.text,
      ]
    }
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    let lines = ([header] + rows).map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        // Numbers to the right, words to the left.
        line += (1...5).contains(column) ? padding + cell : cell + padding
        line += "  "
      }
      while line.last == " " { line.removeLast() }
      return line
    }
    return lines.joined(separator: "\n")
  }
}
