// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios
internal import Topology

/// Makes launches for `weir gate`, which may be that of another build.
struct LaunchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: LaunchProtocol.command,
    abstract: "Make launches for a gate: JSON lines in, JSON lines out.", shouldDisplay: false)

  /// Never from the environment, where it would stay on unseen.
  @Option(help: ArgumentHelp("Make the workers slower on purpose.", valueName: "percent"))
  var slowPercent = 0.0

  func validate() throws {
    guard slowPercent >= 0, slowPercent <= 1000 else {
      throw ValidationError("--slow-percent takes 0 to 1000")
    }
  }

  func run() throws {
    // A terminal's signals are for the gate to act on.
    let interrupts = Interrupts()
    defer { withExtendedLifetime(interrupts) {} }
    try BackendPlugins.load()
    let machine = try MachineOptions.thisMachine()
    var launcher = Launcher(
      machine: machine, book: WeirScenarios.book, clock: .calibrated())
    launcher.slowdownPercent = slowPercent
    try LaunchServer(
      launcher: launcher, catalog: WeirScenarios.catalog(machine: machine),
      build: BuildInfo.current(version: Weir.version), backends: BackendPlugins.notes
    ).serve()
  }
}
