// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct EditDistanceTests {
  @Test(arguments: [
    ("", "abc", 3), ("kitten", "sitting", 3), ("stroe", "store", 1), ("SHM", "shm", 0),
    ("ca", "abc", 3),
  ])
  func counts(_ left: String, _ right: String, _ distance: Int) {
    #expect(EditDistance.between(left, right) == distance)
    #expect(EditDistance.between(right, left) == distance)
  }

  @Test func nearestIsNear() {
    #expect(EditDistance.nearest(to: "stor", in: ["size", "store"]) == "store")
    #expect(EditDistance.nearest(to: "elephant", in: ["size", "store"]) == nil)
    #expect(EditDistance.nearest(to: "x", in: []) == nil)
  }
}
