// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Reads traces: CSV with a header that says what the columns are.
///
///     time_s,size_bytes        or time_ns; without size_bytes messages have the size of the cell
///     0.000000,24576
///     0.016683,25012
///
/// Times ascend and may be equal; only their differences count. Lines that begin with `#` are remarks.
struct TraceReader {
  /// Where relative paths begin: the folder of the job file.
  let folder: String

  enum Limits {
    /// Seven minutes at ten thousand a second, in 64 MiB that every worker touches.
    static let messages = 1 << 22
    /// Room for as many lines of a time and a size.
    static let fileBytes = 1 << 28
    /// No trace is replayed for a day, and nanoseconds of it stay exact in a double.
    static let span: UInt64 = 24 * 3600 * 1_000_000_000
  }

  /// - Throws: `HarnessError` (`job`) with `FILE:LINE` where there is one.
  func trace(_ path: String) throws(HarnessError) -> Trace {
    let url = URL(
      fileURLWithPath: path, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
    guard let bytes = try? Data(contentsOf: url, options: .mappedIfSafe) else {
      throw HarnessError(
        .job, at: path, "the trace cannot be read",
        remedy: "give its path from the job file's folder, and check its permissions")
    }
    guard bytes.count <= Limits.fileBytes else {
      throw HarnessError(
        .job, at: path, "a trace file may have \(ByteCount(Limits.fileBytes))",
        remedy: "replay a part of it")
    }
    var entries = TraceEntries(path: path)
    try entries.read(bytes)
    return try entries.trace()
  }
}
