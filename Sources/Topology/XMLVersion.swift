// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A look at an XML file before hwloc reads it: hwloc says of no file why it refuses it, and takes
/// the XML of its first version for a machine that it only half is.
struct XMLVersion {
  /// The major version this build's hwloc reads and writes.
  static let supported = 2
  /// The document's element stands within the first lines; so much of a file is looked at.
  private static let headByteCount = 1 << 16

  /// - Throws: `otherVersion` for hwloc XML of another major version, `loadFailed` for a file that is
  ///   none. Says nothing about a file that cannot be read: hwloc's own attempt does.
  static func check(path: String) throws(TopologyError) {
    guard let head = head(of: path) else { return }
    let name = path.printable
    guard let version = topologyVersion(in: head) else {
      throw TopologyError(
        .loadFailed, "'\(name)' is no hwloc XML; write one with 'lstopo file.xml'")
    }
    guard version.major != supported else { return }
    throw TopologyError(
      .otherVersion,
      "'\(name)' is hwloc XML of version \(version.text), and this build reads version \(supported); "
        + "write it again with 'lstopo file.xml' of hwloc \(supported) on that machine")
  }

  /// The version attribute of the topology element; files of hwloc 1 have none. Nil without the
  /// element.
  static func topologyVersion(in text: String) -> (major: Int?, text: String)? {
    // Not in the document type, which says "<!DOCTYPE topology …>".
    guard let start = text.firstRange(of: "<topology")?.upperBound,
      let next = text[start...].first, next.isWhitespace || next == ">" || next == "/",
      let end = text[start...].firstIndex(of: ">")
    else { return nil }
    let attributes = text[start..<end]
    guard let name = attributes.firstRange(of: "version=") else { return (1, "1") }
    let rest = attributes[name.upperBound...]
    guard let quote = rest.first, quote == "\"" || quote == "'" else { return (nil, "unknown") }
    let value = rest.dropFirst().prefix { $0 != quote }
    return (Int(value.prefix { $0 != "." }), String(value).printable)
  }

  private static func head(of path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: headByteCount)
    var filled = 0
    while filled < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      // A directory or a device: hwloc's attempt says what it is.
      guard count >= 0 else { return nil }
      if count == 0 { break }
      filled += count
    }
    return String(decoding: bytes.prefix(filled), as: UTF8.self)
  }
}
