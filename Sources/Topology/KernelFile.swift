// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Small files of `/sys` and `/proc`, read without Foundation.
enum KernelFile {
  /// The whole content; nil when the kernel does not offer the file, or it ends in an error.
  static func text(_ path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { buffer in
        unsafe read(descriptor, buffer.baseAddress, buffer.count)
      }
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      if count < 0 { return nil }
      bytes += chunk[..<count]
    }
  }

  /// The numbers of a file that holds a Linux list such as "0-3,8"; nil when there is none.
  static func list<Indices>(_ path: String) -> IndexBitmap<Indices>? {
    text(path).flatMap { try? IndexBitmap(list: $0) }
  }
}
