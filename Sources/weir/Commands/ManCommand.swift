// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

struct ManCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man",
    abstract: "Print the manual page.",
    discussion: """
      The page holds every command and option of this build.

      Examples:
        weir man | man -l -
        weir man > /usr/local/share/man/man1/weir.1
        weir --generate-completion-script bash
      """)

  @Flag(help: "Print the commands and options that the page is made of.")
  var json = false

  func run() throws {
    let help = Weir._dumpHelp()
    try StandardOutput.write(
      json ? help + "\n" : try ManualPage(help: help, version: Weir.version).roff)
  }
}
