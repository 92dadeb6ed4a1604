// SPDX-License-Identifier: Apache-2.0
internal import CLinux

/// Descriptors between processes that already run. A channel used for these carries nothing else.
extension ByteChannel {
  /// Sends copies; the caller keeps its own. At most 64 at once, and none is none to send.
  public func pass(_ descriptors: [CInt]) throws(SharedMemoryError) {
    guard !descriptors.isEmpty else { return }
    let result = unsafe descriptors.withUnsafeBufferPointer {
      unsafe weir_pass_descriptors(descriptor, $0.baseAddress, $0.count)
    }
    guard result >= 0 else {
      throw .systemCall(
        "sendmsg(SCM_RIGHTS)", returned: Int64(result), remedy: "is the other process still there?")
    }
  }

  /// Receives what one ``pass(_:)`` sent, if it has arrived; the caller owns them.
  public func takeDescriptors(limit: Int) throws(SharedMemoryError) -> [CInt] {
    guard limit > 0 else { return [] }
    var taken = [CInt](repeating: -1, count: limit)
    let result = unsafe taken.withUnsafeMutableBufferPointer {
      unsafe weir_take_descriptors(descriptor, $0.baseAddress, $0.count)
    }
    guard result >= 0 else {
      throw .systemCall(
        "recvmsg(SCM_RIGHTS)", returned: Int64(result), remedy: "is the other process still there?")
    }
    return Array(taken.prefix(Int(result)))
  }
}
