// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Draws a run with gnuplot, leaving script and data beside each picture to redraw it.
public struct Plotter: Sendable {
  /// The Debian package that has the program without a window system.
  public static let package = "gnuplot-nox"
  /// A picture takes well under a second; one that takes this long hangs.
  public static let timeout = Nanoseconds.seconds(60)

  private let program: String

  /// Finds the program on the search path.
  ///
  /// - Parameter environment: that of this process by default.
  /// - Throws: `HarnessError` (`tool`) naming the package to install.
  public init(environment: [String: String]? = nil) throws(HarnessError) {
    guard let found = SearchPath(environment: environment).program("gnuplot") else {
      throw HarnessError(
        .tool, "gnuplot is not on the search path",
        remedy: "install it, on Debian with apt-get install \(Self.package)")
    }
    program = found
  }

  /// Writes `NAME.svg`, `NAME.gp` and `NAME.tsv` for every picture the run is good for.
  ///
  /// - Parameter directory: created if missing.
  /// - Returns: paths of the SVG files; empty when no group has two sizes.
  /// - Throws: `HarnessError`: `file` when the directory cannot be written, `tool` when gnuplot
  ///   fails or hangs.
  public func render(run: Run, to directory: String) throws(HarnessError) -> [String] {
    let folder = URL(fileURLWithPath: directory, isDirectory: true)
    var paths: [String] = []
    for plot in Plot.all(of: run) {
      do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(plot.data.utf8).write(to: folder.appendingPathComponent("\(plot.name).tsv"))
        try Data(plot.script().utf8).write(to: folder.appendingPathComponent("\(plot.name).gp"))
      } catch {
        throw HarnessError(
          .file, at: directory, "cannot write plots: \(error.localizedDescription)",
          remedy: "choose a directory that can be written")
      }
      try draw(plot, in: folder)
      paths.append(folder.appendingPathComponent("\(plot.name).svg").path)
    }
    return paths
  }

  private func draw(_ plot: Plot, in folder: URL) throws(HarnessError) {
    let log = folder.appendingPathComponent(".\(plot.name).log")
    defer { try? FileManager.default.removeItem(at: log) }
    let status = try launch(["\(plot.name).gp"], in: folder, log: log)
    guard status == 0 else {
      let text = FileManager.default.contents(atPath: log.path).map {
        String(decoding: $0, as: UTF8.self)
      }
      let reason = (text ?? "").split(whereSeparator: \.isNewline).last.map(String.init)
      throw HarnessError(
        .tool, at: folder.appendingPathComponent("\(plot.name).gp").path,
        "gnuplot failed (\(status)): \(reason ?? "no message")",
        remedy: "run gnuplot on that script, or update \(Self.package) to 5.2 or newer")
    }
  }

  private func launch(
    _ arguments: [String], in folder: URL, log: URL
  ) throws(HarnessError) -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    do {
      // A file, not a pipe: nobody reads while gnuplot writes, and a pipe could fill up.
      try Data().write(to: log)
      process.standardError = try FileHandle(forWritingTo: log)
      try process.run()
    } catch {
      throw HarnessError(
        .tool, at: program, "gnuplot cannot be started: \(error.localizedDescription)",
        remedy: "reinstall \(Self.package)")
    }
    guard ended.wait(timeout: .now() + Self.timeout.seconds) == .success else {
      process.terminate()
      throw HarnessError(
        .tool, at: program, "gnuplot did not finish in \(Self.timeout)",
        remedy: "run it on the script by hand to see why")
    }
    return process.terminationStatus
  }
}
