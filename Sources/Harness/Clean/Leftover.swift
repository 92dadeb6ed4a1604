// SPDX-License-Identifier: Apache-2.0

/// Something that a killed run left behind.
public enum Leftover: Hashable, Sendable {
  /// A worker process whose harness is gone.
  case worker(Int32, arguments: [String])
  /// A named segment in `/dev/shm` whose creator is gone.
  case segment(path: String, byteCount: Int)
  /// A ring's name whose producer is gone, in its directory.
  case name(String, directory: String)
  /// A result that was being written when its writer ended.
  case partialResult(path: String)

  /// What it is and which: `worker 123 (weir worker 0 producer …)`, or a path.
  public var description: String {
    switch self {
    case .worker(let process, let arguments):
      "worker \(process) (\(Self.printable(arguments.joined(separator: " "))))"
    case .segment(let path, let byteCount):
      "segment \(Self.printable(path)) (\(byteCount.asBytes))"
    case .name(let name, let directory): "name \(Self.printable(name)) in \(directory)"
    case .partialResult(let path): "partial result \(Self.printable(path))"
    }
  }

  /// One line whatever a name holds.
  private static func printable(_ text: String) -> String {
    String(
      text.unicodeScalars.map {
        $0.properties.generalCategory == .control ? "?" : Character($0)
      })
  }
}
