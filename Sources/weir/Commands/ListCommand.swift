// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List what a job may name, and the cells it would measure.",
    subcommands: [
      ListStores.self, ListSerializers.self, ListWorkloads.self, ListWaits.self,
      ListPresets.self, ListCells.self,
    ])
}
