// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The three processes of a gate.
public struct GateBuilds {
  public let contenders: [any GateContender]

  /// Starts base, head and control.
  ///
  /// The control is a copy of the base, not a link to it: another build lies in other pages of memory,
  /// and so must the control. The copy goes as soon as it runs; what it starts later is itself, which
  /// the kernel keeps.
  ///
  /// - Parameter slowHeadPercent: makes head slower on purpose; nil for not at all.
  /// - Throws: `GateError`.
  public init(
    base: String, head: String, slowHeadPercent: Double? = nil, interrupts: Interrupts? = nil
  ) throws(GateError) {
    let slowing = slowHeadPercent.map { ["--slow-percent", "\($0)"] } ?? []
    let first = try GateProcess(side: .base, path: base, interrupts: interrupts)
    let second = try GateProcess(
      side: .head, path: head, arguments: slowing, interrupts: interrupts)
    if let slowHeadPercent, second.hello.slowdownPercent != slowHeadPercent {
      throw GateError(
        .usage, "--slow-head: \(head) cannot slow itself; use a build of weir, or leave it out")
    }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("weir-control-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appendingPathComponent(URL(fileURLWithPath: base).lastPathComponent)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: base).resolvingSymlinksInPath(), to: copy)
    } catch {
      throw GateError(
        .usage,
        "the base cannot be copied to \(folder.path), from where it runs against itself "
          + "(\(error.localizedDescription)); set TMPDIR to a directory with room that may hold programs"
      )
    }
    let control = try GateProcess(side: .control, path: copy.path, interrupts: interrupts)
    contenders = [first, second, control]
  }
}
