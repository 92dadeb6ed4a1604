// SPDX-License-Identifier: Apache-2.0
import Synchronization
import Testing

@testable import Harness

@Suite struct ProgressLineTests {
  /// Everything that a line of three launches writes while two are carried out.
  private func written(isShown: Bool, _ what: String) -> String {
    let text = Paper()
    var line = ProgressLine(total: 3, expected: .seconds(3), isShown: isShown) { text.add($0) }
    for _ in 0..<2 {
      line.begin(what)
      line.advance()
    }
    line.clear()
    return text.content
  }

  private final class Paper: Sendable {
    private let text = Mutex("")
    var content: String { text.withLock { $0 } }
    func add(_ more: String) { text.withLock { $0 += more } }
  }

  @Test func isSilentOffATerminal() {
    #expect(written(isShown: false, "cell").isEmpty)
  }

  @Test func staysOnOneLineOfATerminalAndLeavesItEmpty() {
    let text = written(isShown: true, String(repeating: "x", count: 300) + "/v=full")
    #expect(text.contains("[0/3] ETA "))
    #expect(text.contains("[1/3] ETA "))
    #expect(text.contains("x/v=full"), "the end of an id tells more than its beginning")
    for part in text.split(separator: "\r") {
      #expect(part.replacing("\u{1B}[K", with: "").count <= 78)
    }
    #expect(!text.contains("\n"))
    #expect(text.hasSuffix("\r\u{1B}[K"))
  }
}
