// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import Testing

@testable import SharedMemory

@Suite struct RingLayoutTests {
  @Test(arguments: [
    (1, 1), (2, 2), (3, 4), (100, 128), (1024, 1024), (RingLayout.maximumCapacity, 1 << 24),
  ])
  func slotsAreAPowerOfTwo(capacity: Int, slots: Int) throws {
    let layout = try RingLayout(capacity: capacity, customerLimit: 1, arenaByteCount: 1)
    #expect(layout.capacity == capacity && layout.slotCount == slots)
    #expect(layout.arenaByteCount == 64)
    #expect(layout.slotsOffset % 64 == 0 && layout.arenaOffset % Segment.pageByteCount == 0)
    #expect(layout.slotsOffset + slots * 64 <= layout.arenaOffset)
  }

  @Test(arguments: [
    (0, 1, 0), (-1, 1, 0), (RingLayout.maximumCapacity + 1, 1, 0), (1, 0, 0),
    (1, RingLayout.maximumCustomers + 1, 0), (1, 1, -1), (1, 1, .max), (.max, .max, .max),
  ])
  func impossibleSizesAreRefused(capacity: Int, customers: Int, arena: Int) {
    let error = #expect(throws: SharedMemoryError.self) {
      try RingLayout(capacity: capacity, customerLimit: customers, arenaByteCount: arena)
    }
    #expect(error?.code == .invalidArgument)
  }

  private func ring() throws -> (RingLayout, RingControl) {
    let layout = try RingLayout(capacity: 5, customerLimit: 3, arenaByteCount: 4096)
    return (layout, try RingControl(creating: layout, label: "layout"))
  }

  private func attached(_ control: RingControl) throws -> RingControl {
    let copy = try ByteChannel.duplicate(control.segment.descriptor)
    return try RingControl(attaching: Segment.attach(descriptor: copy))
  }

  @Test func aHeaderIsReadBack() throws {
    let (layout, control) = try ring()
    #expect(try attached(control).layout == layout)
  }

  /// Every word of the header, changed in every bit, and to values that are plausible elsewhere.
  @Test(arguments: Array(stride(from: 0, through: 64, by: 8)))
  func everyDamagedWordIsRefused(offset: Int) throws {
    let (_, control) = try ring()
    let word = control.segment.uint64(at: offset)
    let right = word.loadRelaxed()
    let values = (0..<64).map { right ^ (1 << UInt64($0)) } + [0, .max, right &+ 1, right &- 1, 64]
    for value in values where value != right {
      word.storeRelaxed(value)
      let error = #expect(throws: SharedMemoryError.self) { try attached(control) }
      #expect(error?.code == .corrupt || error?.code == .versionMismatch)
    }
    word.storeRelaxed(right)
    _ = try attached(control)
  }

  @Test func anotherVersionIsNamed() throws {
    let (_, control) = try ring()
    control.segment.uint32(at: 8).storeRelaxed(RingLayout.version + 1)
    let error = #expect(throws: SharedMemoryError.self) { try attached(control) }
    #expect(error?.code == .versionMismatch)
    #expect(error?.description.contains("version \(RingLayout.version + 1)") == true)
  }

  @Test func aTruncatedSegmentIsRefused() throws {
    let (layout, control) = try ring()
    for byteCount in [Segment.pageByteCount, layout.arenaOffset] {
      let short = try Segment.create(byteCount: byteCount, label: "short")
      for offset in stride(from: 0, to: 128, by: 8) {
        short.uint64(at: offset).storeRelaxed(control.segment.uint64(at: offset).loadRelaxed())
      }
      let error = #expect(throws: SharedMemoryError.self) { try RingControl(attaching: short) }
      #expect(error?.code == .corrupt)
    }
  }

  @Test func emptySegmentsAreNoRings() throws {
    let error = #expect(throws: SharedMemoryError.self) {
      try RingControl(attaching: Segment.create(byteCount: 1, label: "empty"))
    }
    #expect(error?.code == .corrupt)
  }

  @Test(arguments: [(0, 0), (1, 64), (63, 64), (64, 64), (65, 128), (1 << 20, 1 << 20)])
  func payloadsTakeWholeLines(byteCount: Int, footprint: Int) {
    #expect(RingLayout.arenaFootprint(ofByteCount: byteCount) == footprint)
  }
}
