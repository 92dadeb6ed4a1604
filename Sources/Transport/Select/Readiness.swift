// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Synchronization

/// What a selection must look at to see whether one customer has something: made by
/// ``Customer/readiness()`` for one wait.
///
/// A picture of the customer at the time of the call: any later use of the customer voids it. Like the
/// customer it belongs to one thread at a time; waiting with it passes over the items that a skip or a
/// user strategy does not take, so that these hold nothing back while the selection sleeps.
public struct Readiness: Sendable {
  let control: RingControl
  let line: CustomerLine
  let notes: CustomerNotes
  let stepper: StrategyStepper
  let wait: WaitStrategy
  /// Whether items are found by their slot's sequence.
  let readsSlots: Bool
  /// Whether the producer may take items away: then only the customer, under its lease, passes over
  /// any, and the cursor's word says where it is.
  let takesLeases: Bool
  /// The item that the customer was at.
  let cursor: UInt64
  let progress: UInt64
  /// Whether the customer holds an item: it is ready whatever comes.
  let isSelected: Bool
  /// Whether the strategy has chosen the item at the cursor, which has yet to be transferred.
  let isChosen: Bool
  let hasDefault: Bool
}

/// What selections leave for a customer that they did for it. In this process alone.
final class CustomerNotes: Sendable {
  /// Items passed over that the customer's own cursor does not count yet.
  let passed = Atomic<UInt64>(0)
  /// Whether a selection has said that this source is over.
  let isEndNoticed = Atomic(false)
  /// Whether the producer's process was seen to be gone.
  let isProducerGone = Atomic(false)
  /// Looks in vain of selections that did not wait.
  let vainLooks = Atomic<UInt64>(0)
}

extension Readiness {
  /// Where the source stands now; never ``Selection/SourceState/producerGone``.
  func look() -> Selection.SourceState {
    if isSelected { return .ready }
    if control.isTerminated { return .ended }
    while true {
      if isReady() { return .ready }
      // Acquire: pairs with the release in Producer.end, so that the head read next is the last.
      guard control.isEnded else { break }
      let position = position
      if !RingCounter.isBefore(position, control.head.loadAcquire()) { return .ended }
      // A damaged slot is reported by the get that finds it. Otherwise an item came meanwhile.
      if readsSlots, !isThere(position) { return .ready }
    }
    return hasDefault || isPassedBy ? .ready : .notYet
  }

  /// The item that comes next, beyond what was passed over since the call.
  private var position: UInt64 {
    // Acquire: pairs with the release in Producer.pass(over:).
    takesLeases ? line.cursor.loadAcquire() : cursor &+ notes.passed.load(ordering: .relaxed)
  }

  private func isThere(_ index: UInt64) -> Bool {
    // Acquire: pairs with the release in Producer.publish.
    readsSlots
      ? control.slots.sequence(index).loadAcquire() == index &+ 1
      : RingCounter.isBefore(index, control.head.loadAcquire())
  }

  /// Whether a get would deliver; passes over what the strategy does not take.
  private func isReady() -> Bool {
    switch stepper.strategy {
    case .all, .latest: return isThere(position)
    case .skip, .named: if isChosen { return isThere(position) }
    }
    if takesLeases { return isReadyUnderLease() }
    while true {
      let passed = notes.passed.load(ordering: .relaxed)
      let step = stepper.step(
        cursor: cursor &+ passed, progress: progress &+ passed, skipped: line.skipped.loadRelaxed())
      switch step {
      case .take: return true
      // The get says why.
      case .hopeless: return true
      case .wait: return false
      case .pass(let count):
        // A cursor that is elsewhere has been used since: this picture of it is void.
        guard pass(over: count, from: cursor &+ passed) else { return false }
      }
    }
  }

  /// Applies the strategy to what is there without moving anything.
  private func isReadyUnderLease() -> Bool {
    var (position, progress) = (position, progress)
    while true {
      let step = stepper.step(
        cursor: position, progress: progress, skipped: line.skipped.loadRelaxed())
      switch step {
      case .take: return true
      // The producer of a full ring makes room here, so that more comes.
      case .wait, .hopeless: return false
      case .pass(let count):
        position &+= count
        progress &+= count
      }
    }
  }

  private func pass(over count: UInt64, from position: UInt64) -> Bool {
    // Releases as it exchanges: pairs with the acquire in Producer.slowestCursor.
    guard line.cursor.compareExchange(expected: position, desired: position &+ count) else {
      return false
    }
    line.skipped.storeRelaxed(line.skipped.loadRelaxed() &+ count)
    notes.passed.wrappingAdd(count, ordering: .relaxed)
    control.producerWait.notify()
    return true
  }

  /// Whether the slot at the cursor is damaged, so that waiting for it is in vain.
  private var isPassedBy: Bool {
    guard readsSlots else { return false }
    let position = position
    return control.isDamaged(position)
      || RingCounter.isBefore(position, control.head.loadAcquire()) && !isThere(position)
  }
}

extension Customer {
  /// What a ``Selection`` must look at to wait for this customer; good for one wait, before the
  /// customer is used again.
  public mutating func readiness() -> Readiness {
    catchUp()
    return Readiness(
      control: control, line: line, notes: notes, stepper: stepper, wait: configuration.wait,
      readsSlots: watchesSlots, takesLeases: takesLeases, cursor: cursor, progress: skipProgress,
      isSelected: isSelected,
      isChosen: isAsked, hasDefault: defaultItem != nil)
  }

  /// Counts what a selection passed over for this customer.
  @usableFromInline
  mutating func catchUp() {
    let passed = notes.passed.exchange(0, ordering: .relaxed)
    cursor &+= passed
    skipProgress &+= passed
  }
}
