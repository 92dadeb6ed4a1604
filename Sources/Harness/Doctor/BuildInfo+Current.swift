// SPDX-License-Identifier: Apache-2.0
internal import Foundation

extension BuildInfo {
  /// The program that runs now. Never fails: what cannot be told is nil.
  ///
  /// Commit and state are those of the checkout that holds the executable, as they are now; an
  /// executable that was installed elsewhere has none. One that is older than a source is of a changed
  /// checkout too: it was built of something else.
  ///
  /// - Parameter executable: that of this process by default.
  public static func current(version: String, executable: String? = nil) -> BuildInfo {
    let path =
      executable ?? (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    let checkout = path.flatMap(Checkout.init(holding:))
    var dirty = checkout?.isDirty()
    // The sources are walked only where git does not answer the question.
    if let path, let checkout, dirty != true, checkout.isNewer(than: path) { dirty = true }
    return BuildInfo(
      version: version, commit: checkout?.commit(), dirty: dirty, swift: compiler,
      configuration: configuration)
  }

  /// The compiler that built this, as far as it tells at compile time.
  private static var compiler: String {
    #if compiler(>=6.5)
      "6.5 or newer"
    #elseif compiler(>=6.4)
      "6.4"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static var configuration: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }
}
