// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Topology

@Suite struct TopologyErrorTests {
  @Test(arguments: [
    (EPERM, TopologyError.Code.forbidden, "CAP_SYS_NICE"), (EACCES, .forbidden, "seccomp"),
    (ENOSYS, .unsupported, "CONFIG_NUMA"), (ESRCH, .noSuchProcess, "still runs"),
    (EINVAL, .system(errno: EINVAL), "weir topology"), (4095, .system(errno: 4095), "errno 4095"),
  ])
  func aFailedCallNamesTheRemedy(errno: Int32, code: TopologyError.Code, remedy: String) {
    let error = TopologyError.system("try", errno: errno)
    #expect(error.code == code)
    #expect("\(error)".contains(remedy) && "\(error)".hasPrefix("cannot try: "))
  }

  @Test func textFromOutsideIsMadePrintable() {
    #expect("a\nb\u{1B}[31m".printable == "a\u{FFFD}b\u{FFFD}[31m")
    #expect(String(repeating: "x", count: 400).printable.count == 121)
  }
}
