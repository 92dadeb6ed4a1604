// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Harness
internal import Scenarios

struct ListCells: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cells",
    abstract: "List the cells of a job: what would run, for how long, and what would not and why.",
    discussion: """
      Takes the overrides of run and makes the same plan, without running any of it. JSON also \
      holds the order of launches, which depends on nothing but the job and its seed.

      Examples:
        weir list cells job.yaml --size 64B,1MiB --launches 6
        weir list cells job.yaml --synthetic 'package:2 numa:2 core:4 pu:2'
      """)

  @OptionGroup(title: "Job") var job: JobOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let machine = try machine.machine()
    let plan = try job.plan(machine: machine).plan
    if output.json {
      try StandardOutput.write(try plan.json() + "\n")
    } else {
      try StandardOutput.write(Self.document(plan))
    }
  }

  static func document(_ plan: Plan) -> Document {
    let runnable = plan.cells.filter { $0.skip == nil }
    var blocks: [Document.Block] = []
    if !runnable.isEmpty {
      let columns = [
        Table.Column("cell"), Table.Column("launches", isNumber: true),
        Table.Column("seconds", isNumber: true),
      ]
      let rows = runnable.map { cell in
        [
          Table.Field(cell.id), Table.Field("\(cell.launches)"),
          Table.Field(Figures.text(cell.estimate.seconds)),
        ]
      }
      blocks.append(.table(Table(caption: "", columns: columns, rows: rows)))
    }
    let skipped = plan.cells.filter { $0.skip != nil }
    if !skipped.isEmpty {
      // A table, because lists are wrapped and a wrapped id cannot be searched for.
      let columns = [Table.Column("skipped cell"), Table.Column("reason")]
      let rows = skipped.map { [Table.Field($0.id), Table.Field($0.skip ?? "")] }
      blocks.append(.table(Table(caption: "", columns: columns, rows: rows)))
    }
    blocks.append(.heading(plan.summary))
    blocks += plan.notes.map { .line("note: \($0)") }
    return Document(blocks)
  }
}
