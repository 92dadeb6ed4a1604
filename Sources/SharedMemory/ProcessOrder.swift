// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// A process to start: what it runs, on which CPUs, and what it inherits. It is killed when the thread
/// that started it ends.
package struct ProcessOrder: Sendable {
  /// Path of the executable.
  package var executable: String
  /// The first is the name it is called by.
  package var arguments: [String]
  /// `NAME=value`.
  package var environment: [String]
  /// The CPUs it may use, as `sched_setaffinity` takes them; empty inherits.
  package var cpuMask: [UInt64]
  /// Arrive as 3, 4, …; every other one above 2 is closed over there.
  package var descriptors: [CInt]
  /// -1 inherits.
  package var standardError: CInt
  /// A socket that becomes standard input and output alike; 0 inherits.
  package var standardStreams: CInt

  package init(
    executable: String, arguments: [String], environment: [String], cpuMask: [UInt64] = [],
    descriptors: [CInt] = [], standardError: CInt = -1, standardStreams: CInt = 0
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.cpuMask = cpuMask
    self.descriptors = descriptors
    self.standardError = standardError
    self.standardStreams = standardStreams
  }

  /// Starts it, by vfork and exec.
  /// - Returns: the process, or `-errno` and the step of `weir_spawn` that failed.
  package func start() -> (process: Int32, failedStep: CInt) {
    let arguments = CStringArray(arguments)
    let environment = CStringArray(environment)
    var step: CInt = 0
    let process = unsafe cpuMask.withUnsafeBufferPointer { mask in
      unsafe descriptors.withUnsafeBufferPointer { descriptors in
        unsafe executable.withCString { path in
          var spec = unsafe weir_spawn_spec()
          unsafe spec.path = unsafe path
          unsafe spec.arguments = unsafe UnsafePointer(arguments.pointer)
          unsafe spec.environment = unsafe UnsafePointer(environment.pointer)
          unsafe spec.cpu_mask = mask.isEmpty ? nil : mask.baseAddress
          unsafe spec.cpu_mask_words = mask.count
          unsafe spec.descriptors = descriptors.baseAddress
          unsafe spec.descriptor_count = descriptors.count
          unsafe spec.standard_error = standardError
          unsafe spec.standard_streams = standardStreams
          unsafe spec.kill_with_parent = 1
          return unsafe weir_spawn(&spec, &step)
        }
      }
    }
    return (process, step)
  }
}

/// A NULL-terminated array of C strings for exec.
@safe
private final class CStringArray {
  let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    unsafe pointer = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() {
      unsafe pointer.advanced(by: index).initialize(to: strdup(string))
    }
    unsafe pointer.advanced(by: count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { unsafe free(pointer[index]) }
    unsafe pointer.deallocate()
  }
}
