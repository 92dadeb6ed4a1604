// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Topology

@Suite struct XMLVersionTests {
  private static let old = """
    <?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE topology SYSTEM "hwloc.dtd">
    <topology>
      <object type="Machine" os_index="0" cpuset="0x00000001" complete_cpuset="0x00000001" \
    online_cpuset="0x00000001" allowed_cpuset="0x00000001">
        <object type="PU" os_index="0" cpuset="0x00000001" complete_cpuset="0x00000001" \
    online_cpuset="0x00000001" allowed_cpuset="0x00000001"/>
      </object>
    </topology>

    """

  @Test func xmlOfHwloc1IsRefusedByItsVersion() throws {
    try withTemporaryFile(Self.old) { path in
      #expect(code(of: { try Machine(xmlFile: path) }) == .otherVersion)
      let text = message(of: { try Machine(xmlFile: path) })
      #expect(text.contains("hwloc XML of version 1, and this build reads version 2"))
    }
  }

  @Test(arguments: [("3.0", "version 3.0"), ("x", "version x"), ("1.0", "version 1.0")])
  func aFutureOrOddVersionIsNamed(version: String, words: String) throws {
    let text = try Machine(synthetic: Shape.small).xml()
    let changed = text.replacingOccurrences(
      of: "<topology version=\"[0-9.]*\"", with: "<topology version=\"\(version)\"",
      options: .regularExpression)
    #expect(changed != text)
    try withTemporaryFile(changed) { path in
      #expect(code(of: { try Machine(xmlFile: path) }) == .otherVersion)
      #expect(message(of: { try Machine(xmlFile: path) }).contains(words))
    }
  }

  @Test(arguments: [
    "", "no xml", "<html/>", "<!DOCTYPE topology SYSTEM \"hwloc.dtd\">",
    "<topologyx version=\"2\">",
    "<topology",
  ])
  func whatIsNoTopologyIsNoHwlocXML(text: String) throws {
    try withTemporaryFile(text) { path in
      #expect(code(of: { try Machine(xmlFile: path) }) == .loadFailed)
      #expect(message(of: { try Machine(xmlFile: path) }).contains("is no hwloc XML"))
    }
  }

  @Test func directoriesAndAbsentFilesAreLeftToHwloc() {
    #expect(code(of: { try Machine(xmlFile: NSTemporaryDirectory()) }) == .loadFailed)
    #expect(code(of: { try Machine(xmlFile: "/nonexistent/m.xml") }) == .loadFailed)
  }

  @Test(arguments: BigMachine.allCases)
  func theShippedMachinesAreWhatTheirDescriptionsMake(big: BigMachine) throws {
    let shipped = try big.machine()
    let made = try big.made()
    #expect(shipped.fingerprint == made.fingerprint)
    #expect(shipped.distances == made.distances && shipped.distances != nil)
  }
}
