// SPDX-License-Identifier: Apache-2.0

/// Compares the roofline with what public tools say of the same machine in the same minute.
///
/// Round by round: one launch of the roofline, then each tool once. The two are compared by the
/// ratios within rounds, because a virtual machine is another one a minute later.
public struct CrossCheck: Sendable {
  /// Ours over theirs may be this far from 1.
  public static let tolerance = 0.15
  /// For a 95 % interval by the sign test.
  public static let fewestRounds = 6

  private let launcher: Launcher
  private let items: [CrossCheckItem]
  private let seating: Seating
  private let sizes: [ByteCount]
  private let rounds: Int

  /// - Parameters:
  ///   - rounds: at least ``fewestRounds``.
  ///   - sizes: of copies, reads and writes.
  /// - Throws: `LaunchError` (`placement`) when the seats cannot be had or share a CPU.
  public init(
    launcher: Launcher, placement: PlacementRequest, sizes: [ByteCount], rounds: Int
  ) throws(LaunchError) {
    switch try Seating.resolve(placement, on: launcher.machine) {
    case .unavailable(let reason): throw LaunchError(.placement, reason)
    case .seated(let seating): self.seating = seating
    }
    guard let cpus = LinkProbe.cpus(seating) else {
      throw LaunchError(
        .placement, "both ends share a CPU; cross-checks need two, such as core:0 and core:1")
    }
    self.launcher = launcher
    self.sizes = sizes
    self.rounds = rounds
    items = CrossCheckItem.all(cpus: (cpus[0], cpus[1]), sizes: sizes)
  }

  /// Runs all rounds.
  ///
  /// - Parameter progress: told what comes next.
  /// - Throws: `LaunchError` for the roofline's launches, `HarnessError` (`tool`) for a tool that
  ///   hangs. One that fails or is not installed is a finding.
  public func run(progress: (String) -> Void) throws -> [CrossCheckFinding] {
    var pairs = [[CrossCheckFinding.Pair]](repeating: [], count: items.count)
    let path = SearchPath()
    var troubles = items.map { item in
      path.program(item.tool.program) == nil ? Self.missing(item.tool) : nil
    }
    for round in 0..<rounds {
      progress("round \(round + 1) of \(rounds)")
      let roofline = try measure(round)
      for (index, item) in items.enumerated() where troubles[index] == nil {
        guard let ours = item.ours(roofline) else {
          troubles[index] = "the roofline has no such figure"
          continue
        }
        let run = try ToolRun(item.command)
        guard run.status == 0, let theirs = item.parse(run.output), theirs > 0 else {
          troubles[index] = Self.failure(item.tool, run)
          continue
        }
        pairs[index].append(.init(ours: ours, theirs: theirs))
      }
    }
    return items.indices.map { index in
      CrossCheckFinding(items[index], pairs: pairs[index], trouble: troubles[index])
    }
  }

  private func measure(_ round: Int) throws -> Roofline {
    var collector = RooflineCollector()
    collector.add(
      try launcher.launch(
        RooflineScenario.cell(sizes: sizes), seating: seating, launch: round))
    return collector.roofline(.unknown)
  }

  private static func missing(_ tool: CrossCheckItem.Tool) -> String {
    "\(tool.program) is not installed: on Debian, apt-get install \(tool.package)"
  }

  private static func failure(_ tool: CrossCheckItem.Tool, _ run: ToolRun) -> String {
    let last = run.output.split(whereSeparator: \.isNewline).last.map(String.init)
    return "\(tool.program) failed (\(run.status)): \(last ?? "no message")"
  }
}
