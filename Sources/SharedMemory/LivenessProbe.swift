// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// Asks who of a segment's parties is alive, without taking a lock or writing anything: for looking
/// at rings of others. One open file serves all questions.
@safe
public struct LivenessProbe: ~Copyable {
  private let descriptor: CInt

  /// - Returns: nil when the kernel gives no descriptor.
  public init?(segment: Segment) {
    // Not the descriptor itself: a lock taken through it would not be seen as one.
    descriptor = unsafe open("/proc/self/fd/\(segment.descriptor)", O_RDONLY | O_CLOEXEC)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  public func isAlive(party: Int) -> Bool { weir_byte_is_locked(descriptor, UInt64(party)) != 0 }
}
