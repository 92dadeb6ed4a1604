// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import SharedMemory

@Suite struct MemoryBudgetTests {
  @Test func somethingIsAvailable() throws {
    let available = try #require(MemoryBudget.availableByteCount())
    #expect(available > 0 && available < 1 << 50)
  }

  @Test func theReserveStaysFree() throws {
    try MemoryBudget.check(byteCount: 1)
    let error = #expect(throws: SharedMemoryError.self) {
      try MemoryBudget.check(byteCount: .max / 2)
    }
    #expect(error?.code == .outOfMemory)
  }

  @Test(
    arguments: [
      (["0::/", ""], nil), (["0::/", "max 5"], nil), (["0::/", "1000 300"], 700),
      // Pages of files that nobody used lately are given up first.
      (["0::/", "1000 900 600"], 700), (["0::/", "1000 300 900"], 1000), (["0::/", "100 300"], 0),
      // The least of the group and those above it.
      (["0::/a/b", "1000 300", "a 500 100", "a/b 5000 0"], 400),
      (["0::/a/b", "1000 300", "a max 100", "a/b 50 10"], 40),
      // Version 1 lines are not ours; a path outside the namespace is the mount itself.
      (["4:memory:/x", "1000 300", "x 10 0"], 700), (["0::/../../y", "1000 300", "y 10 0"], 700),
    ] as [([String], Int?)])
  func groupsLimitWhatIsAvailable(tree: [String], expected: Int?) throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("weir-budget-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    let membership = root.appendingPathComponent("membership")
    try Data((tree[0] + "\n").utf8).write(to: membership)
    for entry in tree.dropFirst() {
      var words = entry.split(separator: " ")
      var folder = root
      if let first = words.first, Int(first) == nil, first != "max" {
        folder = root.appendingPathComponent(String(words.removeFirst()))
      }
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, word) in zip(["memory.max", "memory.current"], words) {
        try Data((word + "\n").utf8).write(to: folder.appendingPathComponent(name))
      }
      if words.count > 2 {
        try Data("anon 7\ninactive_file \(words[2])\nactive_file 3\n".utf8)
          .write(to: folder.appendingPathComponent("memory.stat"))
      }
    }
    #expect(
      MemoryBudget.controlGroupHeadroom(mount: root.path, membership: membership.path) == expected)
  }
}
