// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness

struct CleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Remove what killed runs left behind.",
    discussion: """
      A run cleans up after itself, also when it is interrupted; only kill -9 and crashes of the \
      machine leave something. Removed are, of this user only: worker processes whose harness is \
      gone, segments /dev/shm/weir-PID-… whose creator is gone, names of rings whose producer is gone \
      (see inspect), and half-written results \
      (.NAME.json.PID.tmp) in this directory and below Results.

      Processes of another PID namespace cannot be seen: run it where the runs ran.
      """)

  @Flag(name: [.long, .customShort("n")], help: "Only say what would be removed.")
  var dryRun = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let scan = LeftoverScan()
    let cleaner = Cleaner(scan)
    let items = scan.leftovers().map { leftover in
      CleanedItem(leftover, dryRun ? nil : cleaner.remove(leftover))
    }
    if output.json {
      try StandardOutput.write(try JSONText.of(CleanRecord(dryRun: dryRun, items: items)))
    } else {
      try StandardOutput.write(Self.text(items, dryRun: dryRun))
    }
  }

  static func text(_ items: [CleanedItem], dryRun: Bool) -> String {
    let lines = items.map { item in
      let reason = item.reason.map { ": \($0)" } ?? ""
      return "\(item.outcome) \(item.description)\(reason)"
    }
    func count(_ kind: String, _ noun: String) -> String {
      let count = items.count { $0.kind == kind && $0.isRemoved != false }
      return "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
    let total =
      "\(dryRun ? "would remove" : "removed") \(count("worker", "worker")),"
      + " \(count("segment", "segment")), \(count("name", "name")), \(count("partial-result", "partial result"))"
    return (lines + [total]).joined(separator: "\n") + "\n"
  }

  private struct CleanRecord: Encodable {
    let schema = "weir-clean/1"
    let dryRun: Bool
    let items: [CleanedItem]

    enum CodingKeys: String, CodingKey {
      case schema, items
      case dryRun = "dry_run"
    }
  }
}

/// A leftover and what became of it, as the command shows it.
struct CleanedItem: Encodable {
  let kind: String
  let description: String
  /// `found`, `removed`, `gone` or `left`.
  let outcome: String
  let reason: String?

  /// Nil when nothing was tried.
  var isRemoved: Bool? { outcome == "found" ? nil : outcome == "removed" }

  /// - Parameter outcome: nil when nothing was tried.
  init(_ leftover: Leftover, _ outcome: Cleaner.Outcome?) {
    description = leftover.description
    kind =
      switch leftover {
      case .worker: "worker"
      case .segment: "segment"
      case .name: "name"
      case .partialResult: "partial-result"
      }
    switch outcome {
    case nil: (self.outcome, reason) = ("found", nil)
    case .removed: (self.outcome, reason) = ("removed", nil)
    case .gone: (self.outcome, reason) = ("gone", nil)
    case .refused(let why): (self.outcome, reason) = ("left", why)
    }
  }
}
