// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of a recorded run.",
    discussion: """
      Draft 2020-12. Units are in the key names, unknown is null and never 0, and readers ignore \
      keys they do not know.
      """)

  @Flag(help: "Accepted like everywhere; a schema is JSON already.")
  var json = false

  func run() throws { try StandardOutput.write(Run.jsonSchema) }
}
