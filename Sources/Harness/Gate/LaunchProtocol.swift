// SPDX-License-Identifier: Apache-2.0
//
// How a gate has launches made by another build: `BIN launch` reads JSON lines from its standard input
// and answers each with one line on its standard output. Staging, workers and the board all belong to
// that build, so two builds may differ in everything but these lines.
//
//   at once  {"protocol":"weir-launch/1","build":{…},"machine_fingerprint":"…","cpus":"0-1",…}
//   > {"check":CELL}                  < {"cpus":"0-1","id":"…","lacks":null or "reason"}
//   > {"launch":{"cell":CELL,…}}      < {"cpus":"0-1","record":{…}} or {"cpus":…,"failure":{…}}
//
// A cell is what `weir list cells --json` prints, a record what a run's file has under `samples`. The end
// of the input ends the program.
internal import Foundation

public enum LaunchProtocol {
  public static let version = "weir-launch/1"
  /// The first argument of a program that speaks it.
  public static let command = "launch"
}

/// The first line of a program that makes launches.
public struct LaunchHello: Codable, Hashable, Sendable {
  public var version: String
  public var build: BuildInfo
  public var machineFingerprint: String
  /// The CPUs it may use, such as `0-1`.
  public var cpus: String
  /// The smallest step of its clock in nanoseconds; nil when unknown.
  public var clockStep: Double?
  /// How much slower it makes its workers on purpose, in percent; nil for not at all.
  public var slowdownPercent: Double?
  /// The stores that it loaded from files, a line each; nil for none.
  public var backends: [String]?

  enum CodingKeys: String, CodingKey {
    case version = "protocol"
    case backends
    case build
    case machineFingerprint = "machine_fingerprint"
    case cpus
    case clockStep = "clock_step_ns"
    case slowdownPercent = "slowdown_percent"
  }

  public init(
    version: String = LaunchProtocol.version, build: BuildInfo, machineFingerprint: String,
    cpus: String, clockStep: Double? = nil, slowdownPercent: Double? = nil,
    backends: [String]? = nil
  ) {
    self.backends = backends
    self.version = version
    self.build = build
    self.machineFingerprint = machineFingerprint
    self.cpus = cpus
    self.clockStep = clockStep
    self.slowdownPercent = slowdownPercent
  }
}

/// One launch to make.
public struct LaunchOrder: Codable, Hashable, Sendable {
  public var cell: Cell
  /// 0 for the first launch of the cell.
  public var launch: Int
  /// Of payloads and arrivals; the same for all builds of a round.
  public var seed: Int
  /// Bytes to add to the workers' environment.
  public var environmentPad: Int
  /// Bytes by which the workers' heap is moved.
  public var heapOffset: Int

  enum CodingKeys: String, CodingKey {
    case cell, launch, seed
    case environmentPad = "environment_pad_bytes"
    case heapOffset = "heap_offset_bytes"
  }

  public init(cell: Cell, launch: Int, seed: Int, environmentPad: Int, heapOffset: Int = 0) {
    self.cell = cell
    self.launch = launch
    self.seed = seed
    self.environmentPad = environmentPad
    self.heapOffset = heapOffset
  }
}

/// What a gate asks; one of the two.
struct LaunchRequest: Codable {
  var check: Cell?
  var launch: LaunchOrder?
}

/// The answer to one request.
public struct LaunchReply: Codable, Sendable {
  /// The CPUs that the program may use now.
  public var cpus: String
  /// To a check: the cell's id as the program reads it, and why it cannot measure it.
  public var id: String?
  public var lacks: String?
  /// To a launch: what it measured, or what went wrong.
  public var record: LaunchRecord?
  public var failure: LaunchFailure?

  public init(
    cpus: String, id: String? = nil, lacks: String? = nil, record: LaunchRecord? = nil,
    failure: LaunchFailure? = nil
  ) {
    self.cpus = cpus
    self.id = id
    self.lacks = lacks
    self.record = record
    self.failure = failure
  }
}

/// A launch that failed.
public struct LaunchFailure: Codable, Hashable, Sendable {
  /// A ``LaunchError/Code`` by name.
  public var code: String
  public var message: String

  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}

/// Values as lines of JSON.
enum JSONLine {
  static func data(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    return try encoder.encode(value) + Data([UInt8(ascii: "\n")])
  }
}
