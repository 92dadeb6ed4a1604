// SPDX-License-Identifier: Apache-2.0
#if WEIR_MUTANTS
  internal import ArgumentParser
  internal import Foundation
  internal import SharedMemory

  /// `weir mutants`, in builds made for it: runs the conformance suite against each seeded bug.
  struct MutantsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "mutants", abstract: "Show that the conformance suite finds seeded bugs.",
      discussion: """
        Each bug is switched on alone, in a process that runs `weir check`; a bug is killed when that \
        finds a violation, crashes or hangs. Exits with 10 when fewer than 95 % are killed, or when \
        the suite complains without a bug.
        """)

    @Argument(help: "Bugs to try; all by default.") var names: [String] = []
    @Option(help: "Seconds after which a check hangs.") var limit = 120

    /// The share of bugs that must be found.
    private static let leastShare = 0.95

    func run() throws {
      let mutants = try names.map(Self.mutant)
      let chosen = mutants.isEmpty ? Mutant.allCases : mutants
      if let verdict = try verdict(nil) {
        say("without a bug: \(verdict)")
        throw ExitCode(10)
      }
      var survivors: [Mutant] = []
      for mutant in chosen {
        let verdict = try verdict(mutant)
        if verdict == nil { survivors.append(mutant) }
        say("\(verdict == nil ? "SURVIVED" : "killed  ")  \(mutant.rawValue)  \(verdict ?? "")")
      }
      let killed = chosen.count - survivors.count
      let share = Double(killed) / Double(chosen.count)
      say("\(killed) of \(chosen.count) seeded bugs killed, \(Int(share * 100)) %")
      if share < Self.leastShare { throw ExitCode(10) }
    }

    /// At once, also into a file: each bug takes its time.
    private func say(_ line: String) {
      FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private static func mutant(_ name: String) throws -> Mutant {
      guard let mutant = Mutant(rawValue: name) else {
        let known = Mutant.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("no seeded bug is called '\(name)'; known: \(known)")
      }
      return mutant
    }

    /// How the suite noticed; nil when it did not.
    private func verdict(_ mutant: Mutant?) throws -> String? {
      let process = Process()
      process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = ["check", "list", "queue", "shm", "--fail-fast"]
      var environment = ProcessInfo.processInfo.environment
      environment["WEIR_MUTANT"] = mutant?.rawValue ?? ""
      environment["SWIFT_BACKTRACE"] = "enable=no"
      process.environment = environment
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      try process.run()
      let watchdog = DispatchSource.makeTimerSource()
      let identifier = process.processIdentifier
      watchdog.schedule(deadline: .now() + .seconds(limit))
      watchdog.setEventHandler { kill(identifier, SIGKILL) }
      watchdog.resume()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      watchdog.cancel()
      switch (process.terminationReason, process.terminationStatus) {
      case (.exit, 0): return nil
      case (.exit, _):
        let violated = text.split(separator: "\n").first { $0.hasPrefix("violated") }
        return violated.map { $0.split(separator: " ").dropFirst().prefix(1).joined() } ?? "exit"
      case (_, SIGKILL): return "hung for \(limit) s"
      case (_, let signal): return "crashed by signal \(signal)"
      }
    }
  }
#endif
