// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A real browser without a window, for one look at one page.
struct Chromium {
  struct Window: Sendable {
    var width = 1280
    var height = 900
    var isDark = false
  }

  static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let names = ["chromium", "chromium-browser", "google-chrome"]
    return folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// A browser that needs longer hangs, also on a busy machine.
  private static let longest: TimeInterval = 60

  private let folder: URL

  init(page: String) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("weir-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try page.write(
      to: folder.appendingPathComponent("page.html"), atomically: true, encoding: .utf8)
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// The document after its scripts have run.
  func document(_ window: Window) throws -> String {
    try run(window, ["--dump-dom"])
    return try String(contentsOf: folder.appendingPathComponent("output"), encoding: .utf8)
  }

  func picture(_ window: Window) throws -> Picture {
    let file = folder.appendingPathComponent("shot.png")
    try run(window, ["--screenshot=\(file.path)"])
    return try #require(Picture(png: Array(Data(contentsOf: file))))
  }

  private func run(_ window: Window, _ options: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.path))
    process.arguments =
      [
        // A browser's own sandbox needs rights that containers and root do not have; the page is ours.
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--force-device-scale-factor=1", "--disable-dev-shm-usage",
        "--user-data-dir=\(folder.appendingPathComponent("profile").path)",
        "--window-size=\(window.width),\(window.height)",
        "--blink-settings=preferredColorScheme=\(window.isDark ? 0 : 1)",
      ] + options + [folder.appendingPathComponent("page.html").absoluteString]
    let output = folder.appendingPathComponent("output")
    try Data().write(to: output)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    if ended.wait(timeout: .now() + Self.longest) == .timedOut {
      process.terminate()
      Issue.record("the browser hung")
    }
    try #require(process.terminationReason == .exit && process.terminationStatus == 0)
  }
}
