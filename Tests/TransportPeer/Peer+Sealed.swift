// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import Serialization
internal import SharedMemory
internal import Transport

extension Peer {
  private typealias Control = @convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt
  private typealias SystemCall = @convention(c) (Int, Int) -> Int
  /// PR_SET_SECCOMP and SECCOMP_MODE_STRICT of linux/prctl.h and linux/seccomp.h.
  private static let (setSeccomp, strictMode): (CInt, UInt) = (22, 1)
  #if arch(x86_64)
    private static let exitCall = 60
  #else
    private static let exitCall = 93
  #endif

  /// `sealed COUNT`: hands items over in shared memory after asking the kernel to kill this process
  /// at any system call but read, write and exit (seccomp's strict mode).
  static func sealed(_ count: Int) throws {
    var producer = try Producer<Frame>(ProducerConfiguration(capacity: 64, arenaByteCount: 1 << 20))
    var customer = try Customer(
      producer.makeSource(SourceConfiguration(store: .shm, serializer: "raw", wait: .spin)))
    let sizes = [8, 64, 4096]
    let payloads = sizes.map { Payload.bytes($0, count: $0) }
    let good = Array("sealed items=\(count) wrong=0\n".utf8)
    let bad = Array("sealed: an item was wrong\n".utf8)
    let control = unsafeBitCast(dlsym(nil, "prctl"), to: Control.self)
    let systemCall = unsafeBitCast(dlsym(nil, "syscall"), to: SystemCall.self)
    guard control(setSeccomp, strictMode, 0, 0, 0) == 0 else {
      return report("sealed items=\(count) wrong=0 (this kernel has no seccomp)")
    }
    var wrong = 0
    for index in 0..<count {
      let place = index % sizes.count
      _ = try producer.put(bytes: payloads[place].bytes)
      let isRight = try customer.readBytes { bytes in
        bytes.byteCount == sizes[place] && Payload.matches(bytes, sizes[place])
      }.value
      if isRight != true { wrong += 1 }
      customer.next()
    }
    let text = wrong == 0 ? good : bad
    _ = text.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    // exit_group is another call than the one that is let through.
    _ = systemCall(exitCall, 0)
  }
}
