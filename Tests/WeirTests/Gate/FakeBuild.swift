// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A program that speaks the launch protocol and measures nothing: a shell script, whose answers a test
/// chooses.
enum FakeBuild {
  /// Writes the script into a directory.
  ///
  /// - Parameters:
  ///   - version: of the protocol it claims.
  ///   - body: shell that may set `messages`, `lost`, `cpus` or `lacks`, or exit; it sees `$launch` and `$0`.
  static func write(
    to scratch: Scratch, as name: String, version: String = "weir-launch/1",
    configuration: String = "release", body: String = ""
  ) throws {
    let hello = """
      {"protocol":"\(version)","build":{"version":"1","commit":null,"dirty":null,"swift":"6.3",\
      "configuration":"\(configuration)"},"machine_fingerprint":"f00d","cpus":"0-1"}
      """
    try scratch.write(
      """
      #!/bin/bash
      [ "$1" = launch ] || exit 64
      cpus=0-1
      echo '\(hello)'
      while read -r line; do
      [[ $line =~ \\"id\\":\\"([^\\"]*)\\" ]] && id=${BASH_REMATCH[1]}
      [[ $line =~ \\"launch\\":([0-9]+) ]] && launch=${BASH_REMATCH[1]} || launch=0
      [[ $line =~ \\"environment_pad_bytes\\":([0-9]+) ]] && pad=${BASH_REMATCH[1]}
      # A few more or less, as with real ones.
      messages=$((10000 + pad % 60)) lacks=null lost=0
      \(body)
      if [[ $line == \\{\\"check* ]]; then
      echo "{\\"cpus\\":\\"$cpus\\",\\"id\\":\\"$id\\",\\"lacks\\":$lacks}"
      else
      \(record)
      fi
      done

      """, to: name)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: "\(scratch.path)/\(name)")
  }

  private static let record =
    #"echo "{\"cpus\":\"$cpus\",\"record\":{\"cell\":\"$id\",\"launch\":$launch,"#
    + #"\"slices\":[{\"duration_ns\":10000000,\"messages\":$messages,\"bytes\":0}],"#
    + #"\"integrity\":{\"sent\":$messages,\"received\":$messages,\"lost\":$lost,\"duplicated\":0,"#
    + #"\"reordered\":0,\"corrupt\":0,\"torn\":0,\"dropped\":0},\"noise\":{},\"errors\":[]}}""#
}

/// A directory with a job of one cell, and two builds.
struct FakeGate {
  let scratch: Scratch

  static let job = """
    schema: 1
    name: fake
    defaults: { warmup: 10ms, measure: 20ms, slice: 10ms, launches: 8, seed: 1 }
    axes: { workload: [stream], store: [shm], serializer: [large], size: [64B] }

    """

  /// - Parameters: what the builds do, as shell.
  init(base: String = "", head: String = "") throws {
    scratch = try Scratch()
    try scratch.write(Self.job, to: "job.yaml")
    try FakeBuild.write(to: scratch, as: "base", body: base)
    try FakeBuild.write(to: scratch, as: "head", body: head)
  }

  func run(_ arguments: String...) throws -> WeirProcess {
    try WeirProcess(
      ["gate", "--base", "./base", "--head", "./head", "job.yaml", "--budget", "3s"] + arguments,
      in: scratch)
  }
}
