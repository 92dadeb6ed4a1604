// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import Harness

/// Where results go, and nothing else.
enum StandardOutput {
  /// Writes all of a text.
  ///
  /// - Throws: `HarnessError` (`file`) when it cannot, such as on a full disk: half a result that
  ///   exits 0 would be taken for a whole one.
  static func write(_ text: String) throws(HarnessError) {
    var text = text
    let failure = text.withUTF8 { bytes -> CInt? in
      var written = 0
      while written < bytes.count {
        let rest = unsafe UnsafeBufferPointer(rebasing: bytes[written...])
        let count = unsafe Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return errno }
        written += count
      }
      return nil
    }
    guard let failure else { return }
    throw HarnessError(
      .file, at: "standard output", unsafe String(cString: strerror(failure)),
      remedy: "write to a place with free space")
  }

  /// Colours and width for this terminal; a pipe gets none of the one and 120 columns.
  static var style: TerminalStyle {
    TerminalStyle(
      environment: ProcessInfo.processInfo.environment, isTerminal: isTerminal,
      width: columns ?? 120)
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// The width of the terminal; nil when there is none.
  static var columns: Int? {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return nil
    }
    return Int(size.ws_col)
  }

  /// Prints a document without the blank line that sets a first table off.
  static func write(_ document: Document) throws(HarnessError) {
    let text = document.terminal(style)
    try write(String(text.drop { $0 == "\n" }))
  }
}
