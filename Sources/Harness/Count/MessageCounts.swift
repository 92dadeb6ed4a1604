// SPDX-License-Identifier: Apache-2.0

/// What a scripted exchange did, counted exactly: of all its messages together, so that every value is a
/// whole number. What a machine cannot count is nil, and never 0.
public struct MessageCounts: Codable, Hashable, Sendable {
  public var messages: Int
  public var systemCalls: Int?
  public var futexWaits: Int?
  public var futexWakes: Int?
  /// Threads that the futex calls woke.
  public var wokenThreads: Int?
  /// Moved by read, write, send and receive.
  public var kernelBytes: Int?
  public var allocations: Int?
  /// By memcpy and memmove, in copies of 256 bytes or more.
  public var copiedBytes: Int?
  public var pageFaults: Int?
  /// Only where ``InstructionCounter`` counted them.
  public var instructions: Int?

  enum CodingKeys: String, CodingKey {
    case messages
    case systemCalls = "system_calls"
    case futexWaits = "futex_waits"
    case futexWakes = "futex_wakes"
    case wokenThreads = "woken_threads"
    case kernelBytes = "kernel_bytes"
    case allocations
    case copiedBytes = "copied_bytes"
    case pageFaults = "page_faults"
    case instructions
  }

  public init(messages: Int) { self.messages = messages }

  /// The counters, in the order of columns.
  public static var counters: [Counter] {
    [
      Counter("system_calls", "syscalls", \.systemCalls),
      Counter("futex_waits", "futex waits", \.futexWaits),
      Counter("futex_wakes", "wakes", \.futexWakes),
      Counter("woken_threads", "woken", \.wokenThreads),
      Counter("kernel_bytes", "kernel B", \.kernelBytes),
      Counter("allocations", "allocs", \.allocations),
      Counter("copied_bytes", "copied B", \.copiedBytes),
      Counter("page_faults", "faults", \.pageFaults),
      Counter("instructions", "instructions", \.instructions, tolerance: 0.01),
    ]
  }

  public struct Counter {
    public let name: String
    /// At the head of a column.
    public let title: String
    let path: WritableKeyPath<MessageCounts, Int?>
    /// A share that is no difference: of instructions each is one, and a compiler moves some.
    public let tolerance: Double

    init(
      _ name: String, _ title: String, _ path: WritableKeyPath<MessageCounts, Int?>,
      tolerance: Double = 0
    ) {
      self.name = name
      self.title = title
      self.path = path
      self.tolerance = tolerance
    }

    public func value(_ counts: MessageCounts) -> Int? { counts[keyPath: path] }
  }

  /// Of rounds of the same script the least of each: an interrupted round can only do more.
  public static func least(_ rounds: [MessageCounts]) -> MessageCounts? {
    guard var least = rounds.first else { return nil }
    for counter in counters {
      let values = rounds.compactMap { counter.value($0) }
      least[keyPath: counter.path] = values.count == rounds.count ? values.min() : nil
    }
    return least
  }
}

/// The counts of a build's scripts, as they are committed.
public struct CountsFile: Codable, Hashable, Sendable {
  public static let schemaName = "weir-counts/1"

  public var schema = CountsFile.schemaName
  /// By build configuration, architecture and compiler, such as `debug x86_64 swift-6.3`, then by script.
  public var counts: [String: [String: MessageCounts]] = [:]
  /// By the same keys, the ``InstructionCounter/name`` of what counted instructions.
  public var instructionCounters: [String: String]?

  enum CodingKeys: String, CodingKey {
    case schema, counts
    case instructionCounters = "instruction_counters"
  }

  public init() {}

  /// Leaves nothing to compare instructions with.
  public mutating func forgetInstructions(of key: String) {
    for script in (counts[key] ?? [:]).keys { counts[key]?[script]?.instructions = nil }
  }

  /// A value of which there is more or less than there was.
  public struct Difference: Hashable, Sendable, Codable {
    public let script: String
    public let counter: String
    public let before: Int
    public let now: Int
    public let messages: Int

    public var isWorse: Bool { now > before }
  }

  /// What differs from what was counted before. A counter that one of them lacks is not compared.
  public static func differences(
    _ before: [String: MessageCounts], _ now: [String: MessageCounts]
  ) -> [Difference] {
    now.keys.sorted().flatMap { script -> [Difference] in
      guard let old = before[script], let new = now[script] else { return [] }
      return MessageCounts.counters.compactMap { counter in
        guard let then = counter.value(old), let value = counter.value(new) else { return nil }
        // Files of other lengths are compared by the message.
        let (one, other) = (then * new.messages, value * old.messages)
        guard abs(Double(other - one)) > counter.tolerance * Double(one) else { return nil }
        return Difference(
          script: script, counter: counter.name, before: then, now: value,
          messages: new.messages)
      }
    }
  }
}
