// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios
internal import Topology

/// Stores from shared objects; shared by every command that may name one.
struct BackendOptions: ParsableArguments {
  @Option(
    name: .customLong("backend"),
    help: ArgumentHelp(
      "Also know the store in this shared object, which implements weir_backend.h. Repeatable; "
        + "$\(BackendPlugins.variable) and a job's `backends` name more.", valueName: "file"),
    completion: .file(extensions: ["so"]))
  var backends: [String] = []

  /// Loads the stores, for this process and those that it starts.
  /// - Throws: `BackendPluginError`.
  func load() throws { try BackendPlugins.load(backends) }

  /// What a job may name, with the stores that it brings itself.
  /// - Throws: `BackendPluginError`; `HarnessError` for a job that cannot be read.
  func catalog(job text: String, source: String, machine: Machine) throws -> Catalog {
    try BackendPlugins.load(backends + (try Job.backends(yaml: text, source: source)))
    return WeirScenarios.catalog(machine: machine)
  }
}
