// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct KernelVersionTests {
  @Test(
    arguments: [
      ("6.1.0-13-amd64", KernelVersion(6, 1)), ("5.15.0", KernelVersion(5, 15)),
      ("6.6-rc1", KernelVersion(6, 6)), ("6", nil), ("x.1", nil), ("", nil),
    ] as [(String, KernelVersion?)])
  func releases(text: String, version: KernelVersion?) {
    #expect(KernelVersion(release: text) == version)
  }

  @Test func versionsOrderByNumberAndNotByText() {
    #expect(KernelVersion(5, 4) < KernelVersion(5, 14))
    #expect(KernelVersion(5, 16) < KernelVersion(6, 1))
    #expect(!(KernelVersion(5, 14) < KernelVersion(5, 14)))
  }
}
