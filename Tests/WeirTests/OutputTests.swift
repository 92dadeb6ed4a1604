// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct OutputTests {
  /// Half a result that exits 0 would be taken for a whole one.
  @Test func aFullDiskIsAnError() throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", "exec \"$0\" schema > /dev/full", try WeirProcess.path()]
    let scratch = try Scratch()
    shell.standardError = try scratch.file("errors")
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 1)
    #expect(try scratch.text("errors").hasPrefix("weir: standard output: No space left"))
  }
}
