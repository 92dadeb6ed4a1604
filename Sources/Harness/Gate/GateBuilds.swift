// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The three processes of a gate.
public struct GateBuilds {
  public let contenders: [any GateContender]
  private let copy: GateCopy

  /// Starts base, head and control.
  ///
  /// The control is a copy of the base, not a link to it: another build lies in other pages of memory,
  /// and so must the control. The copy of a program goes as soon as it runs; what it starts later is itself,
  /// which the kernel keeps. A copy of a store stays while the gate does, whose workers load it.
  ///
  /// - Parameters:
  ///   - stores: nil when base and head are programs, else what runs them, since they are stores.
  ///   - slowHeadPercent: makes head slower on purpose; nil for not at all.
  /// - Throws: `GateError`.
  public init(
    base: String, head: String, stores: GateStores? = nil, slowHeadPercent: Double? = nil,
    interrupts: Interrupts? = nil
  ) throws(GateError) {
    func start(
      _ side: GateSide, _ path: String, _ arguments: [String] = []
    ) throws(GateError) -> GateProcess {
      try GateProcess(
        side: side, path: stores?.program ?? path, arguments: arguments,
        variables: stores?.variables(path) ?? [:], interrupts: interrupts)
    }
    let slowing = slowHeadPercent.map { ["--slow-percent", "\($0)"] } ?? []
    let first = try start(.base, base)
    let second = try start(.head, head, slowing)
    if let slowHeadPercent, second.hello.slowdownPercent != slowHeadPercent {
      throw GateError(
        .usage, "--slow-head: \(head) cannot slow itself; use a build of weir, or leave it out")
    }
    copy = try GateCopy(of: base)
    let control = try start(.control, copy.path)
    if stores == nil { copy.remove() }
    contenders = [first, second, control]
  }
}

/// How a gate of stores is run: one program for all sides, which loads another file in each.
public struct GateStores {
  let program: String
  let variables: (_ path: String) -> [String: String]

  /// - Parameters:
  ///   - program: speaks the launch protocol.
  ///   - variables: what its environment must have for it to load the store in a file.
  public init(program: String, variables: @escaping (_ path: String) -> [String: String]) {
    self.program = program
    self.variables = variables
  }
}

/// A copy of the base, which is gone with this object.
private final class GateCopy {
  let path: String
  private let folder = TemporaryPath("weir-control")

  init(of base: String) throws(GateError) {
    let copy = folder.url.appendingPathComponent(URL(fileURLWithPath: base).lastPathComponent)
    path = copy.path
    do {
      try FileManager.default.createDirectory(
        at: folder.url, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        at: URL(fileURLWithPath: base).resolvingSymlinksInPath(), to: copy)
    } catch {
      throw GateError(
        .usage,
        "the base cannot be copied to \(folder.path), from where it runs against itself "
          + "(\(error.localizedDescription)); set TMPDIR to a directory with room that may hold programs"
      )
    }
  }

  func remove() { folder.remove() }
}
