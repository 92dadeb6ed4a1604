// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser

/// What every command that prints results takes.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON instead of text.")
  var json = false
}
