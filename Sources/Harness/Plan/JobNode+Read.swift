// SPDX-License-Identifier: Apache-2.0

/// Typed readers; each refuses with the key, what it got and an example of what it takes.
extension JobNode {
  func text(_ key: String, example: String) throws(HarnessError) -> String {
    guard case .scalar(let text, isNull: false) = content else {
      throw error("`\(key)` is \(summary), not a single value", remedy: "write \(key): \(example)")
    }
    return text
  }

  func integer(
    _ key: String, in range: ClosedRange<Int>, example: String
  ) throws(HarnessError) -> Int {
    let text = try text(key, example: example)
    guard let value = Int(text) else {
      throw error(
        "`\(key)` is `\(text)`, not a whole number", remedy: "write \(key): \(example)")
    }
    guard range.contains(value) else {
      throw error(
        "`\(key)` is \(value), outside \(range.lowerBound) to \(range.upperBound)",
        remedy: "write \(key): \(example)")
    }
    return value
  }

  func duration(
    _ key: String, in range: ClosedRange<Nanoseconds>, example: String
  ) throws(HarnessError) -> Nanoseconds {
    let text = try text(key, example: example)
    let value: Nanoseconds
    do { value = try Nanoseconds(parsing: text) } catch { throw error.asJobError(at: place) }
    guard range.contains(value) else {
      throw error(
        "`\(key)` is \(value), outside \(range.lowerBound) to \(range.upperBound)",
        remedy: "write \(key): \(example)")
    }
    return value
  }

  /// A message or memory size: more than nothing and at most 1TiB.
  func size(_ key: String, example: String) throws(HarnessError) -> ByteCount {
    let text = try text(key, example: example)
    let value: ByteCount
    do { value = try ByteCount(parsing: text) } catch { throw error.asJobError(at: place) }
    guard JobLimits.sizes.contains(value) else {
      throw error(
        "`\(key)` is \(value), outside \(JobLimits.sizes.lowerBound) to"
          + " \(JobLimits.sizes.upperBound)", remedy: "write \(key): \(example)")
    }
    return value
  }

  /// One of a set of known names; `kind` is how an error calls them.
  func name(_ kind: String, known: [String]) throws(HarnessError) -> String {
    let text = try text(kind, example: known.first ?? "NAME")
    guard known.contains(text) else {
      throw error(
        "unknown \(kind) `\(text)`", remedy: EditDistance.remedy(for: text, known: known))
    }
    return text
  }

  func map(_ key: String, example: String) throws(HarnessError) -> [JobEntry] {
    guard case .map(let entries) = content else {
      throw error("`\(key)` is \(summary), not a map", remedy: "write \(key): \(example)")
    }
    return entries
  }

  /// The values of an axis: a list, or a scalar or map standing for a list of one.
  func axisValues(_ key: String) throws(HarnessError) -> [JobNode] {
    switch content {
    case .list(let values) where !values.isEmpty: return values
    case .list, .scalar(_, isNull: true), .scalar("", _):
      throw error(
        "axis `\(key)` is empty", remedy: "give it at least one value or leave the key out")
    case .scalar, .map: return [self]
    }
  }
}

/// What a job may ask for, and why not more.
enum JobLimits {
  /// No message is empty; above 1TiB a number is a slip of the finger, not a message.
  static let sizes = ByteCount(1)...ByteCount(1 << 40)
  /// The sign test is exact in a double up to here, and nobody waits for more.
  static let launches = 1...1000
  static let workers = 1...1024
  static let depths = 1...(1 << 24)
  static let warmups = Nanoseconds(0)...Nanoseconds.seconds(3600)
  static let measures = Nanoseconds.milliseconds(1)...Nanoseconds.seconds(3600)
  static let slices = Nanoseconds(100_000)...Nanoseconds.seconds(3600)
  static let budgets = Nanoseconds.seconds(1)...Nanoseconds.seconds(7 * 24 * 3600)
  /// JSON readers that use doubles keep integers exact up to 2^53.
  static let seeds = 0...((1 << 53) - 1)
  /// A plan of more cells takes days and no table shows it.
  static let cells = 10_000
  /// Each launch is at least two processes; a million take most of a day just to start.
  static let totalLaunches = 1_000_000
  static let fileBytes = 1 << 20
  /// Aliases can make a small file enormous ("billion laughs").
  static let nodes = 100_000
}
