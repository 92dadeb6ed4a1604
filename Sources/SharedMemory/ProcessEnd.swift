// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// The end of a process, to be waited for together with other descriptors. A pidfd.
@safe
public final class ProcessEnd: Sendable {
  /// Readable once the process has ended; nil for the own process, which never sees its end.
  public let descriptor: CInt?

  /// - Returns: nil when the process is gone long ago or the kernel gives no descriptor.
  public init?(of process: Int32) {
    if process == getpid() {
      descriptor = nil
      return
    }
    let descriptor = weir_open_pidfd(process)
    if descriptor < 0 { return nil }
    self.descriptor = descriptor
  }

  deinit { if let descriptor { close(descriptor) } }
}
