// SPDX-License-Identifier: Apache-2.0
import Foundation
import Yams

extension JobNode {
  /// Reads YAML into nodes that know their line.
  ///
  /// - Parameter source: the file name used in places.
  /// - Throws: `HarnessError` (`job`) with the line where YAML gives one.
  init(yaml: String, source: String) throws(HarnessError) {
    guard yaml.utf8.count <= JobLimits.fileBytes else {
      throw HarnessError(
        .job, at: source, "the job file is larger than \(ByteCount(JobLimits.fileBytes))",
        remedy: "split it")
    }
    var reader = YamlReader(source: source)
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw reader.refusal(error)
    } catch {
      throw HarnessError(.job, at: source, "\(error)", remedy: "fix the YAML")
    }
    guard let root, case .mapping = root else {
      throw HarnessError(
        .job, at: source, "the job file is not a map of keys",
        remedy: "start with `schema: 1` and an `axes:` map")
    }
    self = try reader.node(root, under: 1)
  }
}

/// Walks Yams nodes, counting them.
private struct YamlReader {
  let source: String
  var count = 0

  mutating func node(_ node: Node, under line: Int) throws(HarnessError) -> JobNode {
    count += 1
    let line = node.mark?.line ?? line
    let place = "\(source):\(line)"
    guard count <= JobLimits.nodes else {
      throw HarnessError(
        .job, at: place, "the job file expands to more than \(JobLimits.nodes) values",
        remedy: "use fewer aliases")
    }
    switch node {
    case .scalar(let scalar):
      let isNull = scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
      return JobNode(.scalar(scalar.string, isNull: isNull), place: place)
    case .sequence(let sequence):
      var values: [JobNode] = []
      for element in sequence { values.append(try self.node(element, under: line)) }
      return JobNode(.list(values), place: place)
    case .mapping(let mapping):
      return JobNode(.map(try entries(of: mapping, line: line)), place: place)
    case .alias:
      throw HarnessError(
        .job, at: place, "an alias has no anchor", remedy: "define the anchor before its use")
    }
  }

  private mutating func entries(
    of mapping: Node.Mapping, line: Int
  ) throws(HarnessError) -> [JobEntry] {
    var entries: [JobEntry] = []
    for (key, value) in mapping {
      let place = "\(source):\(key.mark?.line ?? line)"
      guard let name = key.scalar?.string else {
        throw HarnessError(.job, at: place, "a key is not a word", remedy: "write KEY: VALUE")
      }
      let node = try node(value, under: key.mark?.line ?? line)
      entries.append(JobEntry(key: name, place: place, value: node))
    }
    return entries
  }

  func refusal(_ error: YamlError) -> HarnessError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return HarnessError(
        .job, at: "\(source):\(mark.line)", "YAML: \(problem) (column \(mark.column))",
        remedy: "fix the syntax; check indentation, brackets and quotes")
    case .duplicatedKeysInMapping(let keys, let context):
      return HarnessError(
        .job, at: "\(source):\(context.mark.line)",
        "the map has `\(keys.joined(separator: "`, `"))` more than once",
        remedy: "keep one; several values of an axis are a list")
    case .reader(let problem, _, _, _):
      return HarnessError(
        .job, at: source, "YAML: \(problem)", remedy: "save the file as UTF-8 text")
    default:
      return HarnessError(.job, at: source, "YAML: \(error)", remedy: "fix the syntax")
    }
  }
}
