// SPDX-License-Identifier: Apache-2.0

internal import CNuma
internal import Glibc

/// On which NUMA node each page of an address range lies, by `move_pages(2)` without a target.
///
/// Count after this process has touched the range: a page that only another process has populated
/// is not in this process's page table yet and counts as not present. `MADV_POPULATE_READ` maps it
/// (plain reads may be optimised away).
public struct PageCensus: Hashable, Sendable, Codable {
  /// Present pages by the kernel's node number.
  public let pagesByNode: [Int: Int]

  /// Pages this process has not mapped (`ENOENT`, and `EFAULT` for the shared zero page).
  public let notPresentPages: Int

  /// Pages the kernel would not place, such as device memory, by errno.
  public let failedPagesByErrno: [Int: Int]

  /// Pages in the range.
  public let totalPages: Int

  /// Every how manieth page was looked at; 1 is all of them.
  public let stridePages: Int

  /// The page size the count is in.
  public let pageBytes: Int

  private enum CodingKeys: String, CodingKey {
    case pagesByNode = "pages_by_node"
    case notPresentPages = "not_present_pages"
    case failedPagesByErrno = "failed_pages_by_errno"
    case totalPages = "total_pages"
    case stridePages = "stride_pages"
    case pageBytes = "page_bytes"
  }

  /// Pages that were looked at.
  public var sampledPages: Int { (totalPages + stridePages - 1) / stridePages }

  /// The nodes on which pages were found.
  public var nodes: NodeSet { NodeSet(pagesByNode.keys) }

  /// 1 GiB of base pages: a census of that takes tens of milliseconds.
  public static var defaultSampleLimit: Int { 262_144 }

  /// Pages per system call: bounds memory, and the time the address space is locked.
  private static let batchPages = 4_096

  /// Counts a range; a range of more than `sampleLimit` pages is sampled at a fixed stride.
  ///
  /// - Parameters:
  ///   - base: The start of the range, on a page boundary.
  ///   - byteCount: The length in bytes, a positive multiple of ``Machine/pageBytes``.
  ///   - sampleLimit: How many pages to look at, at most.
  /// - Throws: `unaligned`, `unsupported` (a kernel without NUMA), `forbidden` (a seccomp filter)
  ///   or `system`.
  /// - Precondition: `sampleLimit` is positive.
  public init(
    of base: UnsafeRawPointer, byteCount: Int, sampleLimit: Int = PageCensus.defaultSampleLimit
  ) throws(TopologyError) {
    precondition(sampleLimit > 0, "a census looks at one page at least")
    try unsafe PageRange.check(base, byteCount)
    let page = Machine.pageBytes
    let total = byteCount / page
    // A kernel without NUMA has node 0 only; libnuma then says -1.
    let nodeCount = max(1, Int(numa_max_node()) + 1)
    let stride = Self.stride(total, sampleLimit, nodeCount: nodeCount)
    var tally = Tally()
    var next = 0
    while next < total {
      let end = min(total, next + Self.batchPages * stride)
      let offsets = Swift.stride(from: next, to: end, by: stride).map { $0 * page }
      tally.add(try unsafe Self.statuses(base, offsets))
      next = end
    }
    pageBytes = page
    totalPages = total
    stridePages = stride
    pagesByNode = tally.pagesByNode
    notPresentPages = tally.notPresent
    failedPagesByErrno = tally.failures
  }

  /// The smallest stride that keeps to the limit and shows every node of an interleaved range.
  ///
  /// Interleaved pages repeat with the number of nodes: a stride that shares a factor with it
  /// would see some of the nodes only. A prime above the number of nodes shares none.
  static func stride(_ totalPages: Int, _ limit: Int, nodeCount: Int) -> Int {
    guard totalPages > limit else { return 1 }
    var stride = Swift.max((totalPages + limit - 1) / limit, nodeCount + 1)
    while !isPrime(stride) { stride += 1 }
    return stride
  }

  private static func isPrime(_ number: Int) -> Bool {
    guard number > 1 else { return false }
    var divisor = 2
    while divisor * divisor <= number {
      if number % divisor == 0 { return false }
      divisor += 1
    }
    return true
  }

  private static func statuses(
    _ base: UnsafeRawPointer, _ offsets: [Int]
  ) throws(TopologyError) -> [Int32] {
    var statuses = [Int32](repeating: 0, count: offsets.count)
    var pages = unsafe offsets.map { offset -> UnsafeMutableRawPointer? in
      unsafe UnsafeMutableRawPointer(mutating: base + offset)
    }
    let result = unsafe move_pages(0, UInt(offsets.count), &pages, nil, &statuses, 0)
    // A positive result counts pages that were not moved: none was to be.
    guard result >= 0 else { throw .system("ask where pages lie", errno: errno) }
    return statuses
  }

  private struct Tally {
    var pagesByNode: [Int: Int] = [:]
    var notPresent = 0
    var failures: [Int: Int] = [:]

    mutating func add(_ statuses: [Int32]) {
      for status in statuses {
        switch status {
        case 0...: pagesByNode[Int(status), default: 0] += 1
        case -ENOENT, -EFAULT: notPresent += 1
        default: failures[Int(-status), default: 0] += 1
        }
      }
    }
  }
}
