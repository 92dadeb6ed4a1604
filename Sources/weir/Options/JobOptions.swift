// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// A job and what the command line changes about it; shared by every command that makes a plan.
struct JobOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The job file, in YAML.", valueName: "job"),
    completion: .file(extensions: ["yaml", "yml"]))
  var path: String

  @OptionGroup var changes: JobChanges
}

/// What the command line changes about a job.
struct JobChanges: ParsableArguments {
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Replace a value of the job, in every group; values with commas make an axis.",
      discussion: "A key is a dotted path (workload.depth, placement.producer, defaults.seed) or"
        + " the short name of an axis or default. Repeatable; the last one wins.",
      valueName: "key=value[,value...]"))
  var assignments: [String] = []

  @Option(help: ArgumentHelp("Stores to measure.", valueName: "names"))
  var store: [String] = []

  @Option(help: ArgumentHelp("Serializers to measure.", valueName: "names"))
  var serializer: [String] = []

  @Option(help: ArgumentHelp("Message sizes, such as 64B,4KiB.", valueName: "sizes"))
  var size: [String] = []

  @Option(help: ArgumentHelp("Wait strategies.", valueName: "names"))
  var wait: [String] = []

  @Option(help: ArgumentHelp("Workloads.", valueName: "names"))
  var workload: [String] = []

  @Option(help: ArgumentHelp("Slots of the transport, or auto.", valueName: "counts"))
  var depth: [String] = []

  @Option(
    help: ArgumentHelp(
      "Presets such as same-l3, or producer=core:0,customer=core:1,segment=numa:0.",
      valueName: "placement"))
  var placement: [String] = []

  @OptionGroup var backends: BackendOptions
  @OptionGroup var phases: PhaseOptions

  @Option(
    help: ArgumentHelp(
      "Keep only cells whose id matches, with * for any characters. Repeatable.",
      valueName: "glob"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "Exit with 6 unless the machine has this preset, capability, store or place, such as numa:1 or"
        + " segment=numa:1. Repeatable.",
      valueName: "name"))
  var require: [String] = []
}
