// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios
internal import Topology

/// What a matrix measures at each placement, and which placements.
struct MatrixOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Stores or peers to measure.", valueName: "names"))
  var store = "shm"

  @Option(
    help: ArgumentHelp("Serializer; by default raw where the store carries it.", valueName: "name"))
  var serializer: String?

  @Option(help: ArgumentHelp("Message sizes.", valueName: "sizes"))
  var size = "64B,64KiB"

  @Option(help: ArgumentHelp("Wait strategies.", valueName: "names"))
  var wait = "spin"

  @Flag(help: "Measure every placement, not one for each class of like ones.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "Customers of the one producer; more than 1 sit on all allowed CPUs.", valueName: "count"))
  var customers = 1

  @OptionGroup var backends: BackendOptions
  @OptionGroup var phases: PhaseOptions

  func validate() throws {
    guard customers > 0 else { throw ValidationError("--customers takes 1 or more") }
    guard !all || customers == 1 else {
      throw ValidationError("--all is about one customer; leave --customers out")
    }
  }

  private static func words(_ list: String) -> [String] {
    list.split(separator: ",").map(String.init)
  }

  /// Finds the placements of a machine and plans them.
  ///
  /// - Throws: `HarnessError` for values that cannot be read, `TopologyError` for a machine without
  ///   a CPU.
  func plan(on machine: Machine, reserve: Nanoseconds = Nanoseconds(0)) throws -> MatrixPlan {
    try backends.load()
    let catalog = WeirScenarios.catalog(machine: machine)
    let stores = Self.words(store)
    let sizes = Self.words(size)
    let waits = Self.words(wait)
    let classes = machine.placementClasses()
    let fanOut = customers > 1 ? try machine.fanOutClasses() : []
    let job =
      customers > 1
      ? MatrixJob(fanOut, on: machine, customers: customers)
      : try MatrixJob(
        classes, on: machine, all: all,
        cellsPerPlacement: 2 * stores.count * sizes.count * waits.count)
    let text = job.yaml(
      stores: stores, serializer: serializer ?? Self.serializer(for: stores, catalog),
      sizes: sizes, waits: waits)
    let planned = try PlannedJob(
      text: text, source: "matrix", overrides: phases.overrides, notes: job.notes, catalog: catalog,
      machine: machine, reserve: reserve)
    return MatrixPlan(
      machine: machine, classes: classes, fanOut: fanOut, job: job, planned: planned)
  }

  /// The bytes alone where all stores carry them, else what they have in common.
  private static func serializer(for stores: [String], _ catalog: Catalog) -> String {
    let known = stores.compactMap { catalog.backend($0)?.serializers }
    return ["raw", "large"].first { name in known.allSatisfy { $0.contains(name) } } ?? "raw"
  }
}
