// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios

/// One worker of a launch. Started by `weir run` alone, which leaves it its board and channels.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker", abstract: "Do one worker's part of a launch.", shouldDisplay: false)

  @Argument var number: Int

  /// Role and cell, for whoever reads the process list.
  @Argument var labels: [String] = []

  func run() throws {
    try BackendPlugins.load()
    throw ExitCode(WorkerMain.run(worker: number, book: WeirScenarios.book))
  }
}
