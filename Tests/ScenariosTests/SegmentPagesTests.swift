// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Serialization
import Testing
import Topology

@testable import SharedMemory
@testable import Transport

/// What segments are made of, asked of the kernel. What it offers is the machine's setting, so each test
/// expects what this machine can do.
@Suite(.serialized) struct SegmentPagesTests {
  /// Whether the kernel makes huge pages of shared memory for who asks.
  private static let isOffered: Bool = {
    let path = "/sys/kernel/mm/transparent_hugepage/shmem_enabled"
    guard let text = ProcessFiles.text(path) else { return false }
    return !text.contains("[never]") && !text.contains("[deny]")
  }()
  private static let isForced: Bool = {
    let path = "/sys/kernel/mm/transparent_hugepage/shmem_enabled"
    return ProcessFiles.text(path)?.contains("[force]") ?? false
  }()
  private static let size = 8 << 20

  private func sizes(_ segment: Segment) throws -> PageSizes {
    let seen = segment.withAddressRange { range in
      range.baseAddress.flatMap { PageSizes(ofMappingAt: $0) }
    }
    return try #require(seen)
  }

  @Test func automaticPagesAreHugeWhereTheKernelOffersThem() throws {
    let segment = try Segment.create(byteCount: Self.size, label: "pages")
    try segment.populate(.forWriting)
    let seen = try sizes(segment)
    #expect(seen.mappedBytes == Self.size)
    // A machine without a free stretch of memory may give some base pages.
    #expect(Self.isOffered ? seen.hugeBytes > 0 : seen.hugeBytes == 0)
  }

  @Test func basePagesAreNeverHuge() throws {
    if Self.isForced { return }
    let segment = try Segment.create(byteCount: Self.size, label: "pages", pages: .base)
    try segment.populate(.forWriting)
    #expect(try sizes(segment) == PageSizes(mappedBytes: Self.size, hugeBytes: 0))
  }

  /// Whoever attaches may be the one who touches the pages first.
  @Test(arguments: [SegmentPages.automatic, .base])
  func whoeverAttachesKeepsToTheRingsPages(pages: SegmentPages) throws {
    let producer = try Producer<Frame>(.init(arenaByteCount: Self.size, pages: pages))
    let copy = try ByteChannel.duplicate(producer.segment.descriptor)
    let attached = try RingControl(attaching: try Segment.attach(descriptor: copy))
    try attached.segment.populate(.forWriting)
    let seen = try sizes(attached.segment)
    let isHuge = pages == .automatic ? Self.isOffered : Self.isForced
    #expect(isHuge ? seen.hugeBytes > 0 : seen.hugeBytes == 0)
  }

  @Test func largeSegmentsStartWhereAHugePageCan() throws {
    for _ in 0..<4 {
      let segment = try Segment.create(byteCount: Self.size, label: "pages")
      let start = segment.withAddressRange { UInt(bitPattern: $0.baseAddress) }
      #expect(start % UInt(Segment.hugePageByteCount) == 0)
    }
  }

  @Test func reservedPagesComeFromThePoolOrNotAtAll() throws {
    guard let pool = SegmentPages.pool() else {
      #expect(throws: SharedMemoryError.self) {
        try Segment.create(byteCount: 1, label: "pages", pages: .reserved)
      }
      return
    }
    let error = try #require(throws: SharedMemoryError.self) {
      try Segment.create(
        byteCount: (pool.free + 1) * pool.pageByteCount, label: "pages", pages: .reserved)
    }
    #expect(error.code == .outOfMemory)
    #expect(error.description.contains("vm.nr_hugepages"))
    guard pool.free > 0 else { return }
    let segment = try Segment.create(byteCount: 1, label: "pages", pages: .reserved)
    #expect(segment.byteCount == pool.pageByteCount)
    try segment.populate(.forWriting)
    let all = PageSizes(mappedBytes: segment.byteCount, hugeBytes: segment.byteCount)
    #expect(try sizes(segment) == all)
  }

  @Test func framesTravelThroughReservedPages() throws {
    guard let pool = SegmentPages.pool(), pool.free > 1 else { return }
    var producer = try Producer<Frame>(
      .init(capacity: 4, arenaByteCount: 1 << 20, pages: .reserved))
    let ticket = try producer.makeSource(SourceConfiguration(store: .shm, serializer: "large"))
    var customer = try Customer<Frame>(ticket)
    for number in 0..<10 {
      let bytes = Data(repeating: UInt8(number), count: 200_000)
      let frame = try Frame(dtype: .uint8, shape: [200_000], bytes: bytes)
      #expect(try producer.put(frame, timeout: .never) == .published)
      guard case .item(let found) = try customer.get(timeout: .never) else {
        Issue.record("item \(number) did not come")
        return
      }
      customer.next()
      #expect(found.bytes == bytes)
    }
  }
}
