// SPDX-License-Identifier: Apache-2.0

/// What one launch of a cell takes from the machine while it runs.
public struct LaunchNeed: Hashable, Sendable {
  /// Workers, without the harness.
  public var processes: Int
  /// Descriptors that the harness itself holds at most, while the workers start.
  public var descriptors: Int
  public var segments: Int
  /// Bytes of all segments together.
  public var segmentBytes: Double
  /// Bytes that the workers keep for themselves.
  public var privateBytes: Double

  public init(
    processes: Int, descriptors: Int, segments: Int, segmentBytes: Double, privateBytes: Double
  ) {
    self.processes = processes
    self.descriptors = descriptors
    self.segments = segments
    self.segmentBytes = segmentBytes
    self.privateBytes = privateBytes
  }
}
