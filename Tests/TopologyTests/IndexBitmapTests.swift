// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Topology

@Suite struct IndexBitmapTests {
  @Test(arguments: [
    ("", [], ""), ("0", [0], "0"), ("0-3,8", [0, 1, 2, 3, 8], "0-3,8"),
    (" 63,64 \n", [63, 64], "63-64"), ("8,0-3,2", [0, 1, 2, 3, 8], "0-3,8"),
    ("65535", [65535], "65535"), ("0,2,4", [0, 2, 4], "0,2,4"),
  ])
  func readsAndWritesLinuxLists(text: String, members: [Int], canonical: String) throws {
    let set = try CPUSet(list: text)
    #expect(Array(set) == members)
    #expect(set.list == canonical)
    #expect(set.count == members.count)
    #expect(set.first == members.first && set.last == members.last)
    #expect(set.isEmpty == members.isEmpty)
  }

  @Test(arguments: [
    ("x", 1), ("0-", 3), ("0,,1", 3), ("3-1", 1), ("0-3;8", 4), ("65536", 1), ("-1", 1),
    ("0,99999999999999999999", 3), ("0 1", 2), ("0,", 3), ("٣", 1),
  ])
  func refusesOtherTextWithItsPosition(text: String, position: Int) {
    #expect(code(of: { try CPUSet(list: text) }) == .malformed(position: position))
    #expect(message(of: { try CPUSet(list: text) }).contains("write a list such as 0-3,8"))
  }

  @Test func agreesWithSwiftsOwnSet() {
    let numbers = [0, 1, 5, 63, 64, 65, 127, 128, 300]
    let left = Set(numbers.filter { $0 % 2 == 0 } + [5])
    let right = Set(numbers.filter { $0 % 3 == 0 } + [65])
    let (a, b) = (CPUSet(left), CPUSet(right))
    #expect(Set(a.union(b)) == left.union(right))
    #expect(Set(a.intersection(b)) == left.intersection(right))
    #expect(Set(a.subtracting(b)) == left.subtracting(right))
    #expect(Set(a.symmetricDifference(b)) == left.symmetricDifference(right))
    #expect(a.isDisjoint(with: b) == left.isDisjoint(with: right))
    #expect(CPUSet([5]).isSubset(of: a) && !a.isSubset(of: [5]) && a.isSubset(of: a))
    #expect(CPUSet([300]).isDisjoint(with: [5]) && !CPUSet([300]).isSubset(of: [5]))
    #expect(numbers.filter(a.contains).sorted() == left.sorted())
    #expect(!a.contains(-1) && !a.contains(1 << 40))
  }

  @Test func equalSetsHaveEqualWordsWhateverTheirHistory() {
    var set: CPUSet = [1, 200]
    #expect(set.remove(200) == 200)
    #expect(set.remove(200) == nil)
    #expect(set == [1] && set.words == [2] && set.hashValue == CPUSet([1]).hashValue)
    #expect(CPUSet(words: [2, 0, 0]) == set)
    #expect(set.insert(1).inserted == false && set.update(with: 1) == 1)
    #expect(set.insert(64).inserted && set.words == [2, 1])
    #expect(set.subtracting(set) == CPUSet())
  }

  @Test func fillsAFixedMaskOrSaysThatItIsTooSmall() {
    let set: CPUSet = [0, 64]
    #expect(set.words(count: 3) == [1, 1, 0])
    #expect(set.words(count: 2) == [1, 1])
    #expect(set.words(count: 1) == nil)
  }

  @Test func isALinuxListInJSON() throws {
    let json = try JSONEncoder().encode([CPUSet(0...3).union([8])])
    #expect(String(decoding: json, as: UTF8.self) == "[\"0-3,8\"]")
    #expect(try JSONDecoder().decode([CPUSet].self, from: json) == [[0, 1, 2, 3, 8]])
    #expect(throws: TopologyError.self) {
      try JSONDecoder().decode([CPUSet].self, from: Data("[\"0-x\"]".utf8))
    }
  }

  @Test func printsNoneForTheEmptySet() {
    #expect("\(CPUSet())" == "none" && "\(NodeSet([1]))" == "1")
    #expect(CPUSet([0, 1, 3]).ranges == [0...1, 3...3])
  }

  @Test func numbersOverTheLimitTrap() async {
    await #expect(processExitsWith: .failure) {
      var set = CPUSet()
      set.insert(65_536)
    }
    await #expect(processExitsWith: .failure) {
      var set = CPUSet()
      set.insert(-1)
    }
    await #expect(processExitsWith: .failure) {
      _ = CPUSet(words: Array(repeating: 1, count: 1_025))
    }
  }
}
