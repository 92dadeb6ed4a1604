// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Topology

/// Which machine a command is about: this one, or one that somebody describes.
struct MachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take a described machine instead of this one, in hwloc's words, such as 'package:2 numa:2"
        + " core:4 pu:2'.", valueName: "description"))
  var synthetic: String?

  @Option(
    name: [.customLong("xml"), .customLong("topology")],
    help: ArgumentHelp(
      "Take the machine of an hwloc XML file, as lstopo writes it.", valueName: "file"),
    completion: .file(extensions: ["xml"]))
  var xml: String?

  func validate() throws {
    guard synthetic == nil || xml == nil else {
      throw ValidationError("--synthetic and --xml name two machines; give one of them")
    }
  }

  /// - Throws: `TopologyError` for a wrong description, `CommandError` when hwloc cannot read this
  ///   system.
  func machine() throws -> Machine {
    if let synthetic { return try Machine(synthetic: synthetic) }
    if let xml { return try Machine(xmlFile: xml) }
    return try Self.thisMachine()
  }

  /// Whether a machine was described on the command line.
  var isDescribed: Bool { synthetic != nil || xml != nil }

  static func thisMachine() throws -> Machine {
    do throws(TopologyError) {
      return try Machine.current()
    } catch {
      throw CommandError(.capabilityMissing, error.description)
    }
  }
}
