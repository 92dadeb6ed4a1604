// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Foundation
internal import Harness
internal import Transport

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show the rings of this user's processes: who is where, what is held and dropped.",
    discussion: """
      Rings that were published under a name are shown by it, and those that were not as long as \
      any process has them open. Looking disturbs nobody: the memory is mapped read-only and no \
      lock is taken. Names are looked up in $WEIR_RUNTIME_DIR, else $XDG_RUNTIME_DIR/weir, else \
      /tmp/weir-UID.

      A ring is open, ended, unattended (handed over and not yet attached), producer-gone, stale (a \
      name without a ring) or corrupt. A customer is reserved, attached, detached, dead or corrupt; \
      its lag is the items published and not yet released by it.

      Exits with 0, also when no ring is there; with 64 for a name or process that has none, and \
      with 130 when --watch is interrupted.

      Examples:
        weir inspect                    every ring
        weir inspect camera0            one ring by its name
        weir inspect 4711               the rings that process 4711 has open
        weir inspect camera0 --watch 1  again every second, with rates
      """)

  @Argument(help: ArgumentHelp("A ring's name, or a process number.", valueName: "name|pid"))
  var target: String?

  @Option(
    help: ArgumentHelp("Look again after so many seconds, and say rates.", valueName: "seconds"))
  var watch: Double?

  @OptionGroup var output: OutputOptions

  /// Below it a look costs more than it tells; above it nobody waits.
  static let intervals = 0.05...86_400

  func validate() throws {
    guard watch.map(Self.intervals.contains) ?? true else {
      throw ValidationError("--watch takes 0.05 to 86400 seconds")
    }
  }

  func run() throws {
    // Blocked signals are inherited by threads, so this comes first.
    let interrupts = watch == nil ? nil : Interrupts()
    var last: InspectReport?
    while true {
      let report = InspectReport(rings: try rings(), since: last)
      try show(report)
      guard let watch, let interrupts else { return }
      last = report
      if interrupts.wait(seconds: watch) { throw ExitStatus.interrupted.exitCode }
    }
  }

  private func show(_ report: InspectReport) throws {
    if output.json {
      try StandardOutput.write(try JSONText.of(report))
    } else if watch != nil, StandardOutput.isTerminal {
      // Home and clear below: no flicker, and the scroll-back stays.
      try StandardOutput.write("\u{1b}[H\u{1b}[J")
      try StandardOutput.write(report.document)
    } else {
      try StandardOutput.write(report.document)
    }
  }

  private func rings() throws -> [RingSnapshot] {
    do throws(TransportError) {
      guard let target else { return try RingSnapshot.all() }
      if let process = Int32(target) {
        let rings = try RingSnapshot.ofProcess(process)
        // A name may be made of digits.
        if !rings.isEmpty { return rings }
        if let ring = try? RingSnapshot.named(target) { return [ring] }
        throw TransportError(
          .invalidArgument,
          "process \(process) has no ring open, or is another user's; `weir inspect` shows all rings"
        )
      }
      return [try RingSnapshot.named(target)]
    } catch {
      throw CommandError(.usage, error.description)
    }
  }
}
