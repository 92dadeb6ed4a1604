// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Conformance
internal import Scenarios

/// The other process of a check. Started by `weir check` alone, which leaves it its channels.
struct CheckPeerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-peer", abstract: "Play the other process of a check.",
    shouldDisplay: false)

  static let arguments = ["check-peer"]

  func run() throws { Self.play() }

  static func play() { ConformancePeer.run() }

  /// Processes that play the parts: this program again.
  static func pool() -> PeerPool {
    PeerPool(executable: "/proc/self/exe", arguments: arguments)
  }
}

/// An end of a peer's channel in a process of its own. Started by `weir check` alone.
struct CheckEndCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-end", abstract: "Play an end of a peer's channel.", shouldDisplay: false)

  /// What the end does, as JSON.
  @Argument var part: String

  func run() throws {
    try BackendPlugins.load()
    try PeerProgram.play(part)
  }

  static let program = PeerProgram(executable: "/proc/self/exe", arguments: ["check-end"])
}
