// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import SharedMemory

@Suite struct SlotLinesTests {
  private func ring() throws -> RingControl {
    try RingControl(
      creating: RingLayout(capacity: 4, customerLimit: 1, arenaByteCount: 4096), label: "slots")
  }

  @Test(arguments: [0, 1, 15, 16, 17, 48, 111, 112])
  func inlinePayloadsComeBack(count: Int) throws {
    let control = try ring()
    defer { withExtendedLifetime(control) {} }
    let slots = control.slots
    let bytes = (0..<count).map { UInt8($0 + 1) }
    for index in [0, 3, 4, .max - 1] as [UInt64] {
      slots.fillInline(index, bytes.span.bytes)
      #expect(slots.content(index) == .inline(byteCount: count))
      let read = control.readPayload(index, elsewhere: nil) { span in
        span.withUnsafeBytes { Array($0) }
      }
      #expect(read == bytes)
      slots.fillInline(index) { span in
        #expect(span.byteCount == RingLayout.inlineByteCount)
        return count
      }
      #expect(slots.content(index) == .inline(byteCount: count))
    }
  }

  @Test func neighboursAndSequencesStayAsTheyWere() throws {
    let control = try ring()
    let full = [UInt8](repeating: 0xEE, count: RingLayout.inlineByteCount)
    for index in 0..<UInt64(4) { control.slots.sequence(index).storeRelaxed(77 + index) }
    control.slots.fillInline(1, full.span.bytes)
    #expect((0..<UInt64(4)).map { control.slots.sequence($0).loadRelaxed() } == [77, 78, 79, 80])
    #expect(control.slots.content(0) == .corrupt && control.slots.content(2) == .corrupt)
    // The index is masked: item 5 lives where item 1 does.
    #expect(control.slots.content(5) == .inline(byteCount: RingLayout.inlineByteCount))
  }

  @Test func arenaPayloadsAreDescribed() throws {
    let control = try ring()
    defer { withExtendedLifetime(control) {} }
    let slots = control.slots
    slots.fill(2, arenaOffset: 128, byteCount: 1000)
    #expect(slots.content(2) == .arena(offset: 128, byteCount: 1000))
  }

  @Test(arguments: [0, 1, 0xFF << 56, 3 << 56, (1 << 56) | 113, (1 << 56) | 1 << 40] as [UInt64])
  func nonsenseIsCorrupt(info: UInt64) throws {
    let control = try ring()
    control.segment.uint64(at: control.layout.slotsOffset + 8).storeRelaxed(info)
    #expect(control.slots.content(0) == .corrupt)
  }

  @Test func tooMuchForASlotTraps() async {
    await #expect(processExitsWith: .failure) {
      let layout = try RingLayout(capacity: 4, customerLimit: 1, arenaByteCount: 0)
      let control = try RingControl(creating: layout, label: "trap")
      let tooMuch = [UInt8](repeating: 0, count: RingLayout.inlineByteCount + 1)
      control.slots.fillInline(0, tooMuch.span.bytes)
    }
    await #expect(processExitsWith: .failure) {
      let layout = try RingLayout(capacity: 4, customerLimit: 1, arenaByteCount: 0)
      let control = try RingControl(creating: layout, label: "trap")
      control.slots.fillInline(0) { _ in -1 }
    }
  }
}
