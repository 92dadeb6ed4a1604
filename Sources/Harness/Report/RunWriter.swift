// SPDX-License-Identifier: Apache-2.0
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Rewrites a run's file so that a reader sees the old run or the new one, never half of either.
///
/// The new text goes to a hidden file in the same directory, reaches the disk, and then takes the
/// name of the old file.
public struct RunWriter: Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// - Throws: `HarnessError` (`file`, `run`); the temporary file is then gone and the old run
  ///   untouched.
  public func write(_ run: Run) throws(HarnessError) {
    let text = try run.json()
    let target = URL(fileURLWithPath: path)
    let temporary = target.deletingLastPathComponent()
      .appendingPathComponent(".\(target.lastPathComponent).\(getpid()).tmp").path
    do {
      try write(text, to: temporary)
      try move(temporary, to: target.path)
    } catch {
      // The file may not exist; there is nothing to add to the error either way.
      unsafe unlink(temporary)
      throw error
    }
  }

  private func write(_ text: String, to temporary: String) throws(HarnessError) {
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let descriptor = unsafe open(temporary, flags, 0o644)
    guard descriptor >= 0 else { throw refusal("cannot create a file beside it") }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
    do {
      try file.write(contentsOf: Data(text.utf8))
      // Without this a crash of the machine could leave the new name on an empty file.
      try file.synchronize()
      try file.close()
    } catch {
      try? file.close()
      throw HarnessError(
        .file, at: path, "cannot write it: \(error.localizedDescription)",
        remedy: "check free space and permissions")
    }
  }

  private func move(_ temporary: String, to target: String) throws(HarnessError) {
    guard unsafe rename(temporary, target) == 0 else { throw refusal("cannot replace it") }
    let directory = URL(fileURLWithPath: target).deletingLastPathComponent().path
    let descriptor = unsafe open(directory, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    // The rename is durable once its directory is; a file system that cannot sync one loses no run.
    _ = fsync(descriptor)
    _ = close(descriptor)
  }

  private func refusal(_ problem: String) -> HarnessError {
    let cause = unsafe String(cString: strerror(errno))
    return HarnessError(
      .file, at: path, "\(problem): \(cause)",
      remedy: "choose a directory that exists and can be written")
  }
}
