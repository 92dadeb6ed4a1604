// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// What a strategy that passes items over does next, by counters alone.
enum StrategyStep: Equatable {
  /// Pass over that many, which are all there, and take the one after them.
  case take(passing: UInt64)
  /// Pass over that many and look again.
  case pass(UInt64)
  /// Look again when the head has moved beyond this, or the stream has ended.
  case wait(head: UInt64)
  /// The ring is full and the strategy waits for more.
  case hopeless
}

/// `.skip` and the user strategies as one question.
struct StrategyStepper: Sendable {
  let strategy: Strategy
  let rule: StrategyRegistry.Rule?
  let control: RingControl
  /// Whether items are found by their slot's sequence.
  let watchesSlots: Bool

  init(
    _ strategy: Strategy, control: RingControl, watchesSlots: Bool
  ) throws(TransportError) {
    self.strategy = strategy
    self.control = control
    self.watchesSlots = watchesSlots
    if case .named(let name) = strategy {
      rule = try StrategyRegistry.standard.rule(named: name)
    } else {
      rule = nil
    }
  }

  /// The end of what is published, for a customer at `cursor`.
  ///
  /// Where a slot says that its item is there, the slots say how many are: the head is stored later,
  /// by a moment or many items, and never when the producer dies in between.
  func publishedEnd(from cursor: UInt64) -> UInt64 {
    // Acquire: pairs with the release in Producer.publish.
    watchesSlots ? control.publishedEnd(from: cursor) : control.head.loadAcquire()
  }

  /// - Parameters:
  ///   - cursor: the item that comes next.
  ///   - progress: items passed over since the last one was taken.
  ///   - skipped: items passed over since the customer attached.
  func step(cursor: UInt64, progress: UInt64, skipped: UInt64) -> StrategyStep {
    // Acquire: pairs with the release in Producer.end, so that the head read next is the last.
    let hasEnded = control.isEnded
    let head = publishedEnd(from: cursor)
    let lag = RingCounter.distance(from: cursor, to: head)
    guard lag > 0 else { return .wait(head: cursor) }
    let there = UInt64(lag)
    switch decision(cursor, head, progress, skipped, hasEnded) {
    case .take(let count): return count < there ? .take(passing: count) : .pass(there)
    case .waitForMore:
      if hasEnded { return .pass(there) }
      return there < UInt64(control.layout.capacity) ? .wait(head: head) : .hopeless
    }
  }

  private func decision(
    _ cursor: UInt64, _ head: UInt64, _ progress: UInt64, _ skipped: UInt64, _ hasEnded: Bool
  ) -> StrategyDecision {
    switch strategy {
    case .all: return .take(passing: 0)
    case .latest: return .take(passing: (head &- cursor) &- 1)
    case .skip(let count): return .take(passing: UInt64(count) - min(progress, UInt64(count)))
    case .named:
      guard let rule else { return .take(passing: 0) }
      return rule(
        StrategyCounters(
          cursor: cursor, head: head, skippedSinceTaken: progress, skipped: skipped,
          capacity: control.layout.capacity, hasEnded: hasEnded))
    }
  }
}
