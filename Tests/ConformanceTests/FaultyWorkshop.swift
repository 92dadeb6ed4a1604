// SPDX-License-Identifier: Apache-2.0
import Conformance
import Foundation
import Serialization
import SharedMemory
import Transport

/// A workshop whose ends have one fault, for the suite to find.
struct FaultyWorkshop: Workshop {
  enum Fault: String, CaseIterable, Sendable {
    // What customers do wrong.
    case corruptsAnItem, skipsAnItem, repeatsAnItem, swapsItems, dropsMetadata, endsEarly
    case endsOnce, defaultsAfterTheEnd, forgetsSkips, skipIsIdempotentNot, waitsForNothing
    case hidesErrors, reportsReadyForNothing, staleAfterNext
    // What producers do wrong.
    case oneMoreThanCapacity, oneLessThanCapacity, countsNoDrops, countsTwice, dropsInsteadOfFails
    case putsAfterTheEnd, losesTheLast, lateStartsAtHead, keepsTheDetached, terminatesLater
  }

  let fault: Fault

  func makeProducer(
    _ configuration: ProducerConfiguration, startingAt start: UInt64
  ) throws(TransportError) -> any ProducerEnd {
    var altered = configuration
    if fault == .oneMoreThanCapacity { altered.capacity += 1 }
    if fault == .oneLessThanCapacity { altered.capacity = max(1, altered.capacity - 1) }
    if fault == .dropsInsteadOfFails, altered.backpressure == .fail {
      altered.backpressure = .dropNewest
    }
    return FaultyProducer(
      try LibraryWorkshop().makeProducer(altered, startingAt: start), fault)
  }
}

final class FaultyProducer: ProducerEnd {
  private let inner: any ProducerEnd
  private let fault: FaultyWorkshop.Fault
  private var held: Frame?
  private var hasEnded = false
  private var ghosts: [any CustomerEnd] = []

  init(_ inner: any ProducerEnd, _ fault: FaultyWorkshop.Fault) {
    self.inner = inner
    self.fault = fault
  }

  var isFull: Bool { inner.isFull }
  var count: Int { inner.count }
  var evictedCount: Int { inner.evictedCount }
  var droppedCount: Int {
    switch fault {
    case .countsNoDrops: 0
    case .countsTwice: inner.droppedCount * 2
    default: inner.droppedCount
    }
  }

  func put(_ frame: Frame, timeout: Timeout) throws(TransportError) -> PutResult {
    if fault == .putsAfterTheEnd, hasEnded { return .published }
    guard fault == .losesTheLast else {
      return try inner.put(frame, timeout: timeout)
    }
    // One behind: what is put goes out with the next put.
    defer { held = frame }
    guard let last = held else { return .published }
    return try inner.put(last, timeout: timeout)
  }

  func putNowait(_ frame: Frame) throws(TransportError) -> PutResult {
    if fault == .putsAfterTheEnd, hasEnded { return .published }
    return try inner.putNowait(frame)
  }

  func waitForRoom(timeout: Timeout) throws(TransportError) -> Bool {
    try inner.waitForRoom(timeout: timeout)
  }

  func end() {
    hasEnded = true
    inner.end()
  }

  func terminate() {
    if fault == .terminatesLater { inner.end() } else { inner.terminate() }
  }

  func drain(timeout: Timeout) -> Bool { inner.drain(timeout: timeout) }

  func makePlace(_ source: SourceConfiguration) throws(TransportError) -> any CustomerPlace {
    if fault == .keepsTheDetached {
      // Somebody who never reads, and is never let go.
      ghosts.append(try inner.makePlace(source).attach())
    }
    return FaultyPlace(
      try inner.makePlace(source), fault, isLate: inner.count > 0)
  }
}

final class FaultyPlace: CustomerPlace {
  private let inner: any CustomerPlace
  private let fault: FaultyWorkshop.Fault
  private let isLate: Bool

  init(_ inner: any CustomerPlace, _ fault: FaultyWorkshop.Fault, isLate: Bool) {
    self.inner = inner
    self.fault = fault
    self.isLate = isLate
  }

  func attach() throws(TransportError) -> any CustomerEnd {
    let customer = FaultyCustomer(try inner.attach(), fault)
    if fault == .lateStartsAtHead, isLate {
      while customer.count > 0 { customer.next() }
    }
    return customer
  }

  func handover() throws(TransportError) -> SourceHandover { try inner.handover() }
}
