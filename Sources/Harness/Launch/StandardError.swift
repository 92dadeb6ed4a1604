// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Where everything goes that is not a result.
public enum StandardError {
  public static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      _ = unsafe Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }

  public static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}
