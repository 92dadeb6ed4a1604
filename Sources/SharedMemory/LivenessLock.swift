// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc
internal import SystemPackage

/// Proof that a party of a segment lives, held by the kernel: a lock on one byte of the segment's
/// file, which vanishes with the process however it ended.
///
/// An open-file-description lock (`F_OFD_SETLK`): it belongs to the descriptor opened here, so two
/// parties in one process are told apart and a fork does not confuse the owner.
@safe
public struct LivenessLock: ~Copyable, Sendable {
  /// The lock goes with it: a process that inherits it holds the lock too.
  public let descriptor: CInt
  private let party: Int
  private let isInheritable: Bool

  /// Locks byte `party` of the segment.
  ///
  /// - Parameter isInheritable: whether processes that inherit the descriptor go on holding the lock
  ///   after this value is gone, until the last of them closes it; false by default.
  /// - Throws: `.systemCall` with `EAGAIN` when that party is already alive.
  public init(
    segment: Segment, party: Int, isInheritable: Bool = false
  ) throws(SharedMemoryError) {
    let descriptor = weir_reopen(segment.descriptor)
    guard descriptor >= 0 else {
      throw .systemCall(
        "open(/proc/self/fd)", returned: Int64(descriptor), remedy: "mount /proc")
    }
    let locked = weir_lock_byte(descriptor, UInt64(party))
    guard locked >= 0 else {
      close(descriptor)
      throw .systemCall(
        "fcntl(F_OFD_SETLK)", returned: Int64(locked),
        remedy: "party \(party) of this segment is alive elsewhere: attach as another one")
    }
    self.descriptor = descriptor
    self.party = party
    self.isInheritable = isInheritable
  }

  /// Locks byte `party` unless somebody holds it: then nil.
  /// - Throws: `.systemCall` when the kernel refuses for another reason.
  public static func ifFree(
    segment: Segment, party: Int
  ) throws(SharedMemoryError) -> LivenessLock? {
    do throws(SharedMemoryError) {
      return try LivenessLock(segment: segment, party: party)
    } catch {
      // Both are documented for a lock that is held.
      let isHeld = [.resourceTemporarilyUnavailable, .permissionDenied].contains(error.errno)
      guard case .systemCall(let call) = error.code, call.hasPrefix("fcntl"), isHeld else {
        throw error
      }
      return nil
    }
  }

  deinit {
    // Closing is not enough: a process that another thread is just starting has a copy of every
    // descriptor until it runs its program, and the next holder of this party would be refused.
    if !isInheritable { _ = weir_unlock_byte(descriptor, UInt64(party)) }
    close(descriptor)
  }

  /// Whether the party lives, in any process; `false` also when it never attached.
  public static func isAlive(segment: Segment, party: Int) -> Bool {
    // Asked through another open file description: a lock never conflicts with its own holder.
    let probe = weir_reopen(segment.descriptor)
    guard probe >= 0 else { return true }
    defer { close(probe) }
    return weir_byte_is_locked(probe, UInt64(party)) != 0
  }
}
