// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

extension Customer {
  /// Moves the cursor to the item that the strategy takes and waits until it can be read.
  @usableFromInline
  mutating func select(timeout: Timeout) throws(TransportError) -> Availability {
    if !control.isTerminated {
      let found = try selectOfAll(timeout)
      // An item that was got meanwhile is in hand.
      if found == .ready || !control.isTerminated { return found }
    }
    leaveTheRest()
    return .ended
  }

  /// Counts what the producer's termination keeps from this customer, which moves to the end.
  private mutating func leaveTheRest() {
    catchUp()
    // The producer moves no cursor any more, so a lease protects nothing.
    if holdsLease { returnLease() }
    // Acquire: pairs with the release in Producer.terminate; where items can be taken away, the word
    // says where this customer is.
    let head = control.head.loadAcquire()
    cursor = line.cursor.loadAcquire()
    let left = RingCounter.distance(from: cursor, to: head)
    guard left > 0 else { return }
    line.dropped.storeRelaxed(line.dropped.loadRelaxed() &+ UInt64(left))
    isAsked = false
    releaseInbox()
    advance(by: UInt64(left))
  }

  private mutating func selectOfAll(_ timeout: Timeout) throws(TransportError) -> Availability {
    if takesLeases { return try selectUnderLease(timeout: timeout) }
    if configuration.strategy == .all {
      // A queue's channel is the thing to wait on: it also says that the item exists.
      if let inbox, defaultItem == nil { return try fetch(inbox, timeout) }
      return try settle(timeout)
    }
    // One deadline for all the waits below.
    let deadline = timeout.deadlineNanoseconds
    if !isAsked {
      catchUp()
      let found = try choose(deadline)
      if found != .ready {
        if isMutated(.skipForgets) { skipProgress = 0 }
        return found
      }
    }
    let found = try settle(.until(deadlineNanoseconds: deadline))
    if found == .ready { skipProgress = 0 }
    return found
  }

  /// Applies the strategy to what has been published, passing over what it does not take.
  private mutating func choose(_ deadline: Int64) throws(TransportError) -> Availability {
    switch configuration.strategy {
    case .all: break
    case .latest:
      let found = try waitForPublication(.until(deadlineNanoseconds: deadline))
      if found != .ready { return found }
      // The slot is published a moment before the head: then there is nothing to pass over.
      let newest = stepper.publishedEnd(from: cursor) &- (isMutated(.latestButOne) ? 2 : 1)
      if RingCounter.isBefore(cursor, newest) { pass(over: newest &- cursor) }
    case .skip(let count):
      let count = isMutated(.skipOneLess) ? max(count, 1) - 1 : count
      while skipProgress < count {
        let found = try waitForPublication(.until(deadlineNanoseconds: deadline))
        if found != .ready { return found }
        let there = max(
          0, RingCounter.distance(from: cursor, to: stepper.publishedEnd(from: cursor)))
        let step = min(UInt64(there), UInt64(count) - skipProgress)
        skipProgress += step
        pass(over: step)
      }
    case .named:
      while true {
        switch passOver() {
        case .wait(let head):
          let found = try waitForMore(than: head, deadline)
          if found != .ready { return found }
        case .hopeless: throw hopeless()
        case .take, .pass: return .ready
        }
      }
    }
    return .ready
  }

  /// Passes over what the strategy does not take of what is there, up to the item to take.
  /// - Returns: never `.pass`.
  mutating func passOver() -> StrategyStep {
    while true {
      let step = stepper.step(
        cursor: cursor, progress: skipProgress, skipped: line.skipped.loadRelaxed())
      switch step {
      case .take(let count): pass(over: count)
      case .pass(let count):
        skipProgress &+= count
        pass(over: count)
        continue
      case .wait, .hopeless: break
      }
      return step
    }
  }

  mutating func pass(over count: UInt64) {
    if !isMutated(.skippedUncounted) {
      line.skipped.storeRelaxed(line.skipped.loadRelaxed() &+ count)
    }
    advance(by: count)
  }

  /// Waits for the item at the cursor, and in a queue store for its bytes.
  private mutating func settle(_ timeout: Timeout) throws(TransportError) -> Availability {
    let deadline = timeout.deadlineNanoseconds
    let found = try waitForPublication(timeout)
    guard found == .ready else { return found }
    guard let inbox else {
      isSelected = true
      return .ready
    }
    return try fetch(inbox, .until(deadlineNanoseconds: deadline))
  }

  mutating func fetch(
    _ inbox: QueueInbox, _ timeout: Timeout
  ) throws(TransportError) -> Availability {
    while true {
      if hasEnded { return .ended }
      inbox.request(cursor, ahead: configuration.strategy == .all)
      isAsked = true
      switch try inbox.fetch(cursor, timeout: timeout) {
      case .ready:
        isSelected = true
        return .ready
      case .rung: continue
      case .timedOut:
        if timeout == .now { try lookAfterProducer() }
        return .timedOut
      case .closed:
        if hasEnded { return .ended }
        throw Self.producerGone()
      }
    }
  }

  /// Waits until the head is beyond `head`, or the stream ends.
  mutating func waitForMore(
    than head: UInt64, _ deadline: Int64
  ) throws(TransportError) -> Availability {
    let timeout = Timeout.until(deadlineNanoseconds: deadline)
    if head == cursor { return try waitForPublication(timeout) }
    let isMore = { [control, stepper] in
      RingCounter.isBefore(head, stepper.publishedEnd(from: head)) || control.isEnded
    }
    let limit = defaultItem == nil ? timeout : .now
    let found = control.customersWait.wait(
      configuration.wait, timeout: limit, alive: { !control.producerIsGone },
      peers: { control.producerPeers }, until: isMore)
    if found || isMore() { return .ready }
    if limit == .now {
      vainGets &+= 1
      if vainGets % Self.vainGetsPerLook != 0 { return .timedOut }
    }
    let isGone = control.producerIsGone
    if isMore() { return .ready }
    if isGone { throw Self.producerGone() }
    return .timedOut
  }

  /// Whether this is the copy of a list customer that a fork made: nobody writes to its store.
  private var isForked: Bool { items != nil && process != .current }

  private func forked() -> TransportError {
    TransportError(
      .wrongContext,
      "a list customer was taken to another process by a fork, where nothing comes; make a source for "
        + "the context otherProcess and spawn")
  }

  private func hopeless() -> TransportError {
    TransportError(
      .unsupported,
      "the strategy waits for more than the \(control.layout.capacity) items that the ring holds; let "
        + "it take or pass over some, or make the ring larger")
  }

  /// Waits until the item at the cursor exists.
  mutating func waitForPublication(
    _ limit: Timeout
  ) throws(TransportError) -> Availability {
    let timeout = defaultItem == nil ? limit : .now
    let found = control.customersWait.wait(
      configuration.wait, timeout: timeout,
      alive: { !control.producerIsGone && !isPassedBy() && !isForked },
      peers: { isForked ? nil : control.producerPeers },
      until: { isReady() || control.isEnded })
    if isReady() { return .ready }
    if hasEnded { return .ended }
    if timeout == .now {
      try lookAfterProducer()
    } else if !found || control.isEnded {
      try checkProducer()
    }
    // The producer may have published, or ended, between our look and its death.
    if isReady() { return .ready }
    return hasEnded ? .ended : .timedOut
  }

  /// Gets in vain, without waiting, between two looks at the producer: a look is three system calls.
  private static var vainGetsPerLook: UInt32 { 256 }

  mutating func lookAfterProducer() throws(TransportError) {
    vainGets &+= 1
    if vainGets % Self.vainGetsPerLook == 0 { try checkProducer() }
  }

  /// Says why nothing more will come, if that is so.
  private func checkProducer() throws(TransportError) {
    let isGone = control.producerIsGone
    // Looked at after the producer: it may have published and ended before it went.
    if isReady() || hasEnded { return }
    if isPassedBy() { throw .corruptSlot(cursor) }
    if isForked { throw forked() }
    if isGone { throw Self.producerGone() }
  }

  /// Whether the slot at the cursor is damaged: it says something impossible, or that the item is not
  /// there although the head says that it is.
  private func isPassedBy() -> Bool {
    guard watchesSlots else { return false }
    // Acquire: pairs with the release in Producer.publish, which wrote the slot before the head.
    return control.isDamaged(cursor)
      || RingCounter.isBefore(cursor, control.head.loadAcquire()) && !isReady()
  }

  /// The stream is over and this customer has had all of it.
  private var hasEnded: Bool {
    // Acquire: pairs with the release in Producer.end, so that the head read next is the last.
    control.isEnded
      && (control.isTerminated
        || !RingCounter.isBefore(cursor, control.head.loadAcquire()) || isMutated(.endLosesTheRest))
  }

  private static func producerGone() -> TransportError {
    TransportError(
      .producerGone,
      "the producer's process ended without ending the stream; start it anew and attach again")
  }
}
