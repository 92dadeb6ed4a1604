// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine offers and what will disturb a measurement.",
    discussion: """
      Each check is ok, bad or unavailable. Bad costs precision and says how to mend it; \
      unavailable is what the machine hides or does not have, which is neither. A recorded run \
      holds the same checks.

      Exits with 0, also when checks are bad, and with 6 when nothing can be measured here at all.
      """)

  @OptionGroup var output: OutputOptions

  func run() throws {
    let machine = try MachineOptions.thisMachine()
    let doctor = Doctor(machine: machine)
    let diagnosis = doctor.examine()
    let info = MachineInfo(machine: machine, probe: doctor.probe, checks: diagnosis.checks)
    if output.json {
      try StandardOutput.write(
        try JSONText.of(DoctorRecord(machine: info, obstacles: diagnosis.obstacles)))
    } else {
      try StandardOutput.write(Self.document(info, diagnosis))
    }
    guard diagnosis.obstacles.isEmpty else { throw ExitStatus.capabilityMissing.exitCode }
  }

  private struct DoctorRecord: Encodable {
    let schema = "weir-doctor/1"
    let machine: MachineInfo
    let obstacles: [String]
  }

  static func document(_ info: MachineInfo, _ diagnosis: Diagnosis) -> Document {
    var document = Document([])
    document.blocks.append(.title(info.label))
    for obstacle in diagnosis.obstacles {
      document.blocks.append(.alarm("cannot measure here: \(obstacle)"))
    }
    let columns = [Table.Column("state"), Table.Column("check"), Table.Column("value")]
    let rows = diagnosis.checks.map { check in
      let emphasis = emphasis(check.state)
      return [
        Table.Field(label(check.state), emphasis), Table.Field(check.name),
        Table.Field(check.value ?? "-"),
      ]
    }
    document.blocks.append(.table(Table(caption: "", columns: columns, rows: rows)))
    add("What disturbs, and what to do", .bad, diagnosis, to: &document)
    add("What is not to be had here", .unavailable, diagnosis, to: &document)
    return document
  }

  private static func add(
    _ heading: String, _ state: MachineInfo.Check.State, _ diagnosis: Diagnosis,
    to document: inout Document
  ) {
    let hints = diagnosis.checks.filter { $0.state == state }.map {
      "\($0.name): \($0.hint ?? "no reason known")"
    }
    guard !hints.isEmpty else { return }
    document.blocks.append(.heading(heading))
    document.blocks.append(.list(hints))
  }

  private static func label(_ state: MachineInfo.Check.State) -> String {
    switch state {
    case .ok: "ok"
    case .bad: "bad"
    case .unavailable: "n/a"
    }
  }

  private static func emphasis(_ state: MachineInfo.Check.State) -> Table.Emphasis {
    switch state {
    case .ok: .none
    case .bad: .alarm
    case .unavailable: .faint
    }
  }
}
