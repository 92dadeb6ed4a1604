// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios

struct ListStores: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stores", abstract: "List the stores, with what each can do.")

  @OptionGroup var backends: BackendOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    try backends.load()
    let stores = try Catalog.ofThisMachine().backends.map(StoreEntry.init)
    try Listing(name: "stores", entries: stores).print(output)
  }
}

struct ListSerializers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serializers", abstract: "List the serializers and the size class of each.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    let entries = try Catalog.ofThisMachine().serializers.map(SerializerEntry.init)
    try Listing(name: "serializers", entries: entries).print(output)
  }
}

struct ListWorkloads: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workloads", abstract: "List the traffic patterns and the latency each measures.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    let entries = try Catalog.ofThisMachine().workloads.map(WorkloadEntry.init)
    try Listing(name: "workloads", entries: entries).print(output)
  }
}

struct ListWaits: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waits", abstract: "List the ways in which an end waits for the other.")

  @OptionGroup var output: OutputOptions

  func run() throws {
    let entries = try Catalog.ofThisMachine().waits.map(WaitEntry.init)
    try Listing(name: "waits", entries: entries).print(output)
  }
}

struct ListPresets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "presets", abstract: "List the placement presets and what they come to here.")

  @OptionGroup var machine: MachineOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let survey = PlacementSurvey(try machine.machine())
    try Listing(name: "presets", entries: survey.presets).print(output)
  }
}

extension Catalog {
  /// The names that jobs may use here.
  static func ofThisMachine() throws -> Catalog {
    WeirScenarios.catalog(machine: try MachineOptions.thisMachine())
  }
}
