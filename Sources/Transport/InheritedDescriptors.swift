// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import SharedMemory

/// Descriptors that have an owner from the start: whatever was not taken is closed.
final class InheritedDescriptors {
  private var rest: ArraySlice<CInt>

  init(owning descriptors: [CInt]) { rest = descriptors[...] }

  /// Copies of descriptors that somebody else keeps, after those owned already.
  convenience init(
    owning owned: [CInt] = [], duplicating descriptors: [CInt]
  ) throws(TransportError) {
    self.init(owning: owned)
    for descriptor in descriptors {
      rest.append(
        try TransportError.wrapping { () throws(SharedMemoryError) in
          try ByteChannel.duplicate(descriptor)
        })
    }
  }

  deinit { for descriptor in rest { close(descriptor) } }

  var count: Int { rest.count }

  /// Hands over the next descriptor; the caller owns it.
  func take() -> CInt? { rest.popFirst() }
}
