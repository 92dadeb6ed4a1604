// SPDX-License-Identifier: Apache-2.0

/// The program that measured.
public struct BuildInfo: Codable, Hashable, Sendable {
  public var version: String
  /// Nil when the build knew no commit.
  public var commit: String?
  public var dirty: Bool?
  /// The compiler's version.
  public var swift: String
  /// `release` or `debug`; anything but release makes the run invalid.
  public var configuration: String

  public init(
    version: String, commit: String?, dirty: Bool?, swift: String, configuration: String
  ) {
    self.version = version
    self.commit = commit
    self.dirty = dirty
    self.swift = swift
    self.configuration = configuration
  }

  public var isRelease: Bool { configuration == "release" }

  /// `1.2.0 (abc1234, dirty)`.
  public var label: String {
    let commit = commit.map { String($0.prefix(10)) } ?? "unknown commit"
    return "\(version) (\(commit)\(dirty == true ? ", dirty" : ""))"
  }

  /// `1.2.0 (abc1234, dirty), Swift 6.3, release`.
  public var toolchainLabel: String { "\(label), Swift \(swift), \(configuration)" }

  private enum CodingKeys: String, CodingKey { case version, commit, dirty, swift, configuration }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(version, forKey: .version)
    try values.encode(commit, forKey: .commit)
    try values.encode(dirty, forKey: .dirty)
    try values.encode(swift, forKey: .swift)
    try values.encode(configuration, forKey: .configuration)
  }
}

/// The clock that stamped.
public struct ClockInfo: Codable, Hashable, Sendable {
  /// Such as `tsc` or `clock_monotonic`.
  public var source: String
  public var readCost: Double?
  public var resolution: Double?
  /// How far the clocks of two CPUs may be apart.
  public var offsetBound: Double?

  enum CodingKeys: String, CodingKey {
    case source
    case readCost = "read_cost_ns"
    case resolution = "resolution_ns"
    case offsetBound = "offset_bound_ns"
  }

  public init(
    source: String, readCost: Double?, resolution: Double? = nil, offsetBound: Double? = nil
  ) {
    self.source = source
    self.readCost = readCost
    self.resolution = resolution
    self.offsetBound = offsetBound
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(source, forKey: .source)
    try values.encode(readCost, forKey: .readCost)
    try values.encode(resolution, forKey: .resolution)
    try values.encode(offsetBound, forKey: .offsetBound)
  }
}
