// SPDX-License-Identifier: Apache-2.0
//
// Real bugs that a build made for it can switch on, one at a time, to prove that the conformance
// suite finds them (`make mutants`). In every other build `isMutated` is the constant false and
// leaves nothing behind.
internal import Glibc

/// A bug of the kind that rings and queues have had.
public enum Mutant: String, CaseIterable, Sendable {
  // MARK: Room
  case overfullRing = "overfull-ring"
  case shortRing = "short-ring"
  case onlyFirstCustomerHoldsBack = "only-first-customer-holds-back"
  case arenaIgnoresPadding = "arena-ignores-padding"
  case arenaFreedEarly = "arena-freed-early"
  // MARK: Publication
  case publishedBeforeWritten = "published-before-written"
  case inlineLengthShort = "inline-length-short"
  case slotOfAnotherLap = "slot-of-another-lap"
  case counters32 = "counters-32"
  case headLagsForAll = "head-lags-for-all"
  // MARK: Customers
  case nextTwiceAtTheWrap = "next-twice-at-the-wrap"
  case lateCustomerStartsAtHead = "late-customer-starts-at-head"
  case skipOneLess = "skip-one-less"
  case skipForgets = "skip-forgets"
  case latestButOne = "latest-but-one"
  case skippedUncounted = "skipped-uncounted"
  case defaultAfterTheEnd = "default-after-the-end"
  case leakedCursor = "leaked-cursor"
  // MARK: Ends
  case endLosesTheRest = "end-loses-the-rest"
  case putAfterEnd = "put-after-end"
  case slotsNotRevoked = "slots-not-revoked"
  case deadProducerUnnoticed = "dead-producer-unnoticed"
  case deadCustomerUnnoticed = "dead-customer-unnoticed"
  // MARK: Waiting and counting
  case lostWakeUp = "lost-wake-up"
  case nowWaits = "now-waits"
  case dropUncounted = "drop-uncounted"
  // MARK: Queue
  case queueSkipsAfterFailure = "queue-skips-after-failure"
  case queueRepeatsAnItem = "queue-repeats-an-item"
  case queueLosesWhenFull = "queue-loses-when-full"
  // MARK: Taking away
  case leaseIgnored = "lease-ignored"
  case budgetForgotten = "budget-forgotten"
  // MARK: Trust
  case offsetsTrusted = "offsets-trusted"

  /// The bug switched on in this process, by the environment variable WEIR_MUTANT.
  @usableFromInline
  static let selected: Mutant? = unsafe getenv("WEIR_MUTANT").flatMap {
    Mutant(rawValue: unsafe String(cString: $0))
  }
}

/// Whether a bug is switched on.
@inlinable @inline(__always)
public func isMutated(_ mutant: Mutant) -> Bool {
  #if WEIR_MUTANTS
    Mutant.selected == mutant
  #else
    false
  #endif
}
