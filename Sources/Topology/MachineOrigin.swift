// SPDX-License-Identifier: Apache-2.0

/// Where the description of a machine came from.
public enum MachineOrigin: Hashable, Sendable, CustomStringConvertible {
  /// The system this process runs on.
  case thisSystem
  /// An hwloc XML file, by path.
  case xml(String)
  /// hwloc's synthetic description.
  case synthetic(String)
  /// A JSON record; the text is the origin it was recorded with.
  case recorded(String)

  public var description: String {
    switch self {
    case .thisSystem: "this system"
    case .xml(let path): "xml \(path)"
    case .synthetic(let text): "synthetic \(text)"
    case .recorded(let origin): "record of \(origin)"
    }
  }
}
