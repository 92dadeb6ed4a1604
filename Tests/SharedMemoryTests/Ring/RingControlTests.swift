// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SharedMemory

@Suite struct RingControlTests {
  private func ring(startingAt start: UInt64 = 0) throws -> RingControl {
    try RingControl(
      creating: RingLayout(capacity: 3, customerLimit: 4, arenaByteCount: 0), label: "control",
      startingAt: start)
  }

  @Test func wordsOfCustomersDoNotOverlap() throws {
    let control = try ring()
    for index in 0..<4 {
      let line = control.customer(index)
      line.cursor.storeRelaxed(UInt64(100 + index))
      line.skipped.storeRelaxed(UInt64(200 + index))
      line.requestStart.storeRelaxed(UInt64(300 + index))
      line.requestEnd.storeRelaxed(UInt64(400 + index))
      line.state.storeRelaxed(UInt32(index))
    }
    for index in 0..<4 {
      let line = control.customer(index)
      #expect(line.cursor.loadRelaxed() == UInt64(100 + index))
      #expect(line.skipped.loadRelaxed() == UInt64(200 + index))
      #expect(line.requestStart.loadRelaxed() == UInt64(300 + index))
      #expect(line.requestEnd.loadRelaxed() == UInt64(400 + index))
      // Reserved and attached hold items; free, detached and nonsense do not.
      #expect(line.holdsItems == (index == 1 || index == 2))
    }
    #expect(control.head.loadRelaxed() == 0 && control.slots.sequence(0).loadRelaxed() == 0)
  }

  @Test func aProducerIsGoneOnceItsLockIs() throws {
    let control = try ring()
    #expect(!control.producerIsGone)  // It has yet to attach.
    let lock = try LivenessLock(segment: control.segment, party: RingControl.producerParty)
    control.producerState.storeRelease(1)
    #expect(!control.producerIsGone)
    _ = consume lock
    #expect(control.producerIsGone)
  }

  @Test(arguments: [0, 1, (1 << 32) - 2, .max - 3, .max] as [UInt64])
  func noFreshSlotLooksPublished(start: UInt64) throws {
    let control = try ring(startingAt: start)
    #expect(control.head.loadRelaxed() == start)
    for index in 0..<UInt64(control.layout.slotCount) {
      let item = start &+ index
      #expect(control.slots.sequence(item).loadRelaxed() != item &+ 1)
    }
  }
}
