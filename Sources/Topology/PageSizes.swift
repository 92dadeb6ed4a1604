// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// What page sizes a mapping is in, seen from this process: `/proc/self/smaps` (proc_pid_smaps(5)).
///
/// A page counts once this process has it in its page table, so look after the range was populated.
public struct PageSizes: Hashable, Sendable, Codable {
  /// Bytes in the page table, in pages of whatever size.
  public let mappedBytes: Int
  /// Of these, bytes in huge pages: transparent ones (`ShmemPmdMapped`) or the reserved pool's.
  public let hugeBytes: Int

  /// From 0 to 1.
  public var hugeShare: Double {
    mappedBytes > 0 ? Double(hugeBytes) / Double(mappedBytes) : 0
  }

  private enum CodingKeys: String, CodingKey {
    case mappedBytes = "mapped_bytes"
    case hugeBytes = "huge_bytes"
  }

  public init(mappedBytes: Int, hugeBytes: Int) {
    self.mappedBytes = mappedBytes
    self.hugeBytes = hugeBytes
  }

  /// Looks at the mapping that contains an address.
  /// - Returns: nil where the kernel does not say.
  public init?(ofMappingAt address: UnsafeRawPointer) {
    guard let text = KernelFile.text("/proc/self/smaps") else { return nil }
    self.init(smaps: text, address: UInt64(UInt(bitPattern: address)))
  }

  init?(smaps text: String, address: UInt64) {
    var fields: [Substring: Int]?
    for line in text.split(separator: "\n") {
      if let range = Self.range(line) {
        if fields != nil { break }
        if range.contains(address) { fields = [:] }
      } else if fields != nil {
        let words = line.split(separator: " ", omittingEmptySubsequences: true)
        if words.count >= 3, let value = Int(words[1]) {
          fields?[words[0], default: 0] = value << 10
        }
      }
    }
    guard let fields else { return nil }
    let reserved = (fields["Shared_Hugetlb:"] ?? 0) + (fields["Private_Hugetlb:"] ?? 0)
    mappedBytes = (fields["Rss:"] ?? 0) + reserved
    hugeBytes = (fields["ShmemPmdMapped:"] ?? 0) + reserved
  }

  /// The addresses of a mapping's first line, `start-end perms offset …`; nil for its other lines.
  private static func range(_ line: Substring) -> Range<UInt64>? {
    guard let dash = line.firstIndex(of: "-"), let space = line[dash...].firstIndex(of: " "),
      let start = UInt64(line[..<dash], radix: 16),
      let end = UInt64(line[line.index(after: dash)..<space], radix: 16), start < end
    else { return nil }
    return start..<end
  }
}
