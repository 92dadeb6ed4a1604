// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Why the topology, a placement or a binding could not be had, and what to do about it.
///
/// What a machine simply does not have (a second node for a preset, a distance matrix) is not an
/// error but a result: see ``PresetOutcome``, ``Capability`` and ``PlacementVerdict``.
public struct TopologyError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong, for a caller that acts on it.
  public enum Code: Hashable, Sendable {
    /// The text cannot be read; the position counts bytes from 1.
    case malformed(position: Int)
    /// The machine has no object of that kind there.
    case noSuchKind
    /// The machine has fewer objects of that kind there.
    case indexOutOfRange
    /// The object exists, but the cpuset this process lives in forbids it.
    case notAllowed
    /// The NUMA node has memory but no CPUs.
    case noCPUs
    /// The NUMA node does not exist.
    case noSuchNode
    /// The NUMA node has no memory of its own.
    case noMemory
    /// The NUMA node has memory, but not enough of it is free.
    case noRoom
    /// The CPU exists, but somebody took it offline.
    case offline
    /// The machine is a description: it can be planned against, never run on.
    case describedMachine
    /// The kernel or hwloc cannot do this here.
    case unsupported
    /// The kernel can, but this process may not.
    case forbidden
    /// The range is empty or does not start and end on page boundaries.
    case unaligned
    /// The call succeeded, but reading back shows something else.
    case notApplied
    /// No process or thread has that number.
    case noSuchProcess
    /// hwloc could not build the machine.
    case loadFailed
    /// The XML is of an hwloc version that this build does not read.
    case otherVersion
    /// Any other failure of a system call.
    case system(errno: Int32)
  }

  public let code: Code

  /// One line: what was asked, why it failed, and the remedy.
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  static func malformedList(_ text: String, position: Int, reason: String) -> TopologyError {
    TopologyError(
      .malformed(position: position),
      "'\(text.printable)': \(reason) at character \(position); write a list such as 0-3,8")
  }

  static func describedMachine(_ action: String, _ origin: MachineOrigin) -> TopologyError {
    TopologyError(
      .describedMachine,
      "cannot \(action) on a described machine (\(origin)); run on the machine itself")
  }

  /// The failure of a system call or of an hwloc call that sets `errno`.
  static func system(_ action: String, errno code: Int32) -> TopologyError {
    switch code {
    case EPERM, EACCES:
      TopologyError(
        .forbidden,
        "cannot \(action): not permitted (\(name(of: code))); allow it in the container's "
          + "seccomp profile or add CAP_SYS_NICE")
    case ENOSYS:
      TopologyError(
        .unsupported,
        "cannot \(action): this kernel does not implement it (ENOSYS); use a kernel with CONFIG_NUMA"
      )
    case ESRCH:
      TopologyError(
        .noSuchProcess, "cannot \(action): no such process (ESRCH); check that it still runs")
    default:
      TopologyError(
        .system(errno: code),
        "cannot \(action): \(name(of: code)); check the cpuset and nodes allowed here with "
          + "'weir topology'")
    }
  }

  private static func name(of code: Int32) -> String {
    let names: [Int32: String] = [
      EPERM: "EPERM", EACCES: "EACCES", EINVAL: "EINVAL, the kernel rejects the set",
      EXDEV: "EXDEV, it cannot be enforced", ENOMEM: "ENOMEM, out of memory or range not mapped",
      EFAULT: "EFAULT, range not mapped", EIO: "EIO, pages already lie elsewhere",
      ENODEV: "ENODEV, node is not online", ENOENT: "ENOENT, no such file",
    ]
    return names[code] ?? "errno \(code)"
  }
}

extension String {
  /// The text as it may appear in a one-line message: no control characters, bounded length.
  var printable: String {
    let longest = 120
    let line = String(
      String.UnicodeScalarView(
        unicodeScalars.prefix(longest).map {
          $0.properties.generalCategory == .control ? "\u{FFFD}" : $0
        }))
    return unicodeScalars.count > longest ? line + "…" : line
  }
}
