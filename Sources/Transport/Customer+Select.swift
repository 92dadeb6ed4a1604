// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

extension Customer {
  /// Moves the cursor to the item that the strategy takes and waits until it can be read.
  @usableFromInline
  mutating func select(timeout: Timeout) throws(TransportError) -> Availability {
    switch configuration.strategy {
    case .all: break
    case .latest:
      guard try waitForPublication(timeout) == .ready else { return try settle(timeout) }
      let newest = control.head.loadAcquire() &- 1
      if newest > cursor { pass(over: newest &- cursor) }
    case .skip(let count):
      while skipProgress < count {
        guard try waitForPublication(timeout) == .ready else { return try settle(timeout) }
        let there = control.head.loadAcquire() &- cursor
        let step = min(there, UInt64(count - skipProgress))
        skipProgress += UInt32(step)
        pass(over: step)
      }
    }
    let found = try settle(timeout)
    if found == .ready { skipProgress = 0 }
    return found
  }

  private mutating func pass(over count: UInt64) {
    line.skipped.storeRelaxed(line.skipped.loadRelaxed() &+ count)
    advance(by: count)
  }

  /// Waits for the item at the cursor, and in a queue store for its bytes.
  private mutating func settle(_ timeout: Timeout) throws(TransportError) -> Availability {
    let found =
      inbox == nil || configuration.strategy != .all
      ? try waitForPublication(timeout) : .ready
    guard found == .ready else { return found }
    guard let inbox else {
      isSelected = true
      return .ready
    }
    return try fetch(inbox, timeout)
  }

  private mutating func fetch(
    _ inbox: QueueInbox, _ timeout: Timeout
  ) throws(TransportError) -> Availability {
    while true {
      if hasEnded { return .ended }
      inbox.request(cursor, ahead: configuration.strategy == .all)
      switch try inbox.fetch(cursor, timeout: timeout) {
      case .ready:
        isSelected = true
        return .ready
      case .rung: continue
      case .timedOut: return .timedOut
      case .closed:
        if hasEnded { return .ended }
        throw Self.producerGone()
      }
    }
  }

  /// Waits until the item at the cursor exists.
  private func waitForPublication(_ timeout: Timeout) throws(TransportError) -> Availability {
    let found = control.customersWait.wait(
      configuration.wait, timeout: timeout, alive: { !control.producerIsGone },
      until: { isReady() || control.isEnded })
    if isReady() { return .ready }
    if hasEnded { return .ended }
    if !found, timeout != .now, control.producerIsGone {
      // The producer may have published between our look and its death.
      if isReady() { return .ready }
      throw Self.producerGone()
    }
    return .timedOut
  }

  /// The stream is over and this customer has had all of it.
  private var hasEnded: Bool {
    // Acquire: pairs with the release in Producer.end, so that the head read next is the last.
    control.isEnded && control.head.loadAcquire() <= cursor
  }

  private static func producerGone() -> TransportError {
    TransportError(
      .producerGone,
      "the producer's process ended without ending the stream; start it anew and attach again")
  }
}
