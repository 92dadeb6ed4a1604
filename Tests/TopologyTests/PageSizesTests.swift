// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Topology

@Suite struct PageSizesTests {
  private static let smaps = """
    7f0000000000-7f0000800000 rw-s 00000000 00:01 1043 /memfd:weir-ring (deleted)
    Size:               8192 kB
    KernelPageSize:        4 kB
    Rss:                8192 kB
    ShmemPmdMapped:     6144 kB
    Shared_Hugetlb:        0 kB
    VmFlags: rd wr sh mr mw me ms hg
    7f0000800000-7f0000a00000 rw-s 00000000 00:0f 1044 /memfd:weir-pool (deleted)
    Rss:                   0 kB
    Shared_Hugetlb:     2048 kB
    Private_Hugetlb:       0 kB
    """

  @Test func theMappingOfTheAddressCounts() throws {
    let first = try #require(PageSizes(smaps: Self.smaps, address: 0x7f00_007f_ffff))
    #expect(first == PageSizes(mappedBytes: 8192 << 10, hugeBytes: 6144 << 10))
    #expect(first.hugeShare == 0.75)
    let second = try #require(PageSizes(smaps: Self.smaps, address: 0x7f00_0080_0000))
    #expect(second == PageSizes(mappedBytes: 2 << 20, hugeBytes: 2 << 20))
  }

  @Test func anAddressOutsideEveryMappingIsUnknown() {
    #expect(PageSizes(smaps: Self.smaps, address: 0x7f00_00a0_0000) == nil)
    #expect(PageSizes(smaps: "", address: 0) == nil)
  }

  @Test func nothingMappedIsNoShare() {
    #expect(PageSizes(mappedBytes: 0, hugeBytes: 0).hugeShare == 0)
  }

  @Test func theOwnStackIsMapped() throws {
    var word = 1
    let seen = withUnsafePointer(to: &word) { PageSizes(ofMappingAt: $0) }
    #expect(try #require(seen).mappedBytes > 0)
  }
}
