// SPDX-License-Identifier: Apache-2.0
internal import Transport

/// A ring as it should be, in the plainest possible way: counters and nothing else. Item n is
/// number n.
struct ReferenceRing {
  struct Place {
    var cursor: Int
    let strategy: Strategy
    var passed: UInt32 = 0
    var skipped = 0
    /// Whether the item at the cursor is borrowed.
    var isSettled = false
  }

  let capacity: Int
  let whenFull: WhenFull
  private(set) var head = 0
  private(set) var dropped = 0
  private(set) var isEnded = false
  private var hadCustomers = false
  /// Nil where a customer has left.
  private(set) var places: [Place?] = []

  init(capacity: Int, whenFull: WhenFull) {
    self.capacity = capacity
    self.whenFull = whenFull
  }

  /// The oldest item that some customer has yet to release.
  var tail: Int { places.compactMap { $0?.cursor }.min() ?? head }
  var count: Int { head - tail }
  var isFull: Bool { isEnded || count >= capacity }
  /// Places whose customer is there.
  var living: [Int] { places.indices.filter { places[$0] != nil } }

  mutating func attach(_ strategy: Strategy) {
    hadCustomers = true
    places.append(Place(cursor: tail, strategy: strategy))
  }

  mutating func detach(_ place: Int) { places[place] = nil }

  mutating func end() { isEnded = true }

  mutating func put(waits: Bool) -> PutOutcome {
    if !hadCustomers { return .noCustomers }
    if isEnded { return .ended }
    guard isFull else {
      head += 1
      return .published
    }
    if whenFull == .dropsOldest { return putOverTheOldest() }
    let outcome = whenFull.outcome == .timedOut && !waits ? PutOutcome.dropped : whenFull.outcome
    if outcome == .dropped { dropped += 1 }
    return outcome
  }

  /// The slowest customers lose their item, unless one of them borrows it.
  private mutating func putOverTheOldest() -> PutOutcome {
    dropped += 1
    let oldest = tail
    let slowest = living.filter { places[$0]?.cursor == oldest }
    guard slowest.allSatisfy({ places[$0]?.isSettled == false }) else { return .dropped }
    for index in slowest { places[index]?.cursor += 1 }
    head += 1
    return .published
  }

  /// What a get finds, and where the strategy leaves the cursor.
  mutating func get(_ index: Int) -> Got {
    guard var place = places[index] else { return .ended }
    defer { places[index] = place }
    if !place.isSettled {
      choose(&place)
      if place.cursor == head || !isSatisfied(place) { return isEnded ? .ended : .timedOut }
      place.isSettled = true
      place.passed = 0
    }
    return .item(place.cursor)
  }

  private func isSatisfied(_ place: Place) -> Bool {
    if case .skip(let count) = place.strategy { place.passed == count } else { true }
  }

  private func choose(_ place: inout Place) {
    let step: Int
    switch place.strategy {
    case .all, .named: step = 0
    case .latest: step = max(0, head - 1 - place.cursor)
    case .skip(let count):
      step = min(head - place.cursor, Int(count - place.passed))
      place.passed += UInt32(step)
    }
    place.cursor += step
    place.skipped += step
  }

  mutating func next(_ index: Int) {
    guard var place = places[index] else { return }
    if !place.isSettled {
      if place.cursor == head { return }
      place.passed = 0
    }
    place.isSettled = false
    place.cursor += 1
    places[index] = place
  }
}
