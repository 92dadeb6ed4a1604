// SPDX-License-Identifier: Apache-2.0
internal import CLinux
public import Glibc

/// A real child process, started through the C layer's vfork and exec. Its standard error is kept.
public final class Child: @unchecked Sendable {
  // Sendable: the stored properties never change after init but `result`, which one thread uses.
  public let pid: Int32
  private let pidfd: CInt
  private let output: CInt
  private var result: Exit?

  public enum Exit: Equatable, Sendable {
    case exited(CInt)
    case signalled(CInt)
  }

  public struct Failure: Error, Equatable, Sendable {
    public let step: Int
    public let errno: CInt

    public init(step: Int, errno: CInt) {
      self.step = step
      self.errno = errno
    }
  }

  /// - Parameters:
  ///   - descriptors: arrive as 3, 4, … over there.
  ///   - cpus: a mask of 64 CPUs; nil inherits the affinity.
  public init(
    _ path: String, _ arguments: [String] = [], descriptors: [CInt] = [], cpus: UInt64? = nil,
    killWithParent: Bool = false, environment: [String] = []
  ) throws {
    output = weir_memfd_create("child-stderr")
    let argv = ([path] + arguments).map { strdup($0) } + [nil]
    let envp = environment.map { strdup($0) } + [nil]
    defer { for string in argv + envp { free(string) } }
    var step: CInt = 0
    let mask: [UInt64] = cpus.map { [$0] } ?? []
    let output = output
    pid = path.withCString { path in
      argv.withUnsafeBufferPointer { argv in
        envp.withUnsafeBufferPointer { envp in
          mask.withUnsafeBufferPointer { mask in
            descriptors.withUnsafeBufferPointer { descriptors in
              var spec = weir_spawn_spec()
              spec.path = path
              spec.arguments = argv.baseAddress
              spec.environment = envp.baseAddress
              spec.cpu_mask = mask.isEmpty ? nil : mask.baseAddress
              spec.cpu_mask_words = mask.count
              spec.descriptors = descriptors.baseAddress
              spec.descriptor_count = descriptors.count
              spec.standard_error = output
              spec.kill_with_parent = killWithParent ? 1 : 0
              return weir_spawn(&spec, &step)
            }
          }
        }
      }
    }
    guard pid > 0 else {
      close(output)
      throw Failure(step: Int(step), errno: -pid)
    }
    pidfd = weir_open_pidfd(pid)
  }

  deinit {
    if result == nil {
      kill()
      _ = wait()
    }
    close(pidfd)
    close(output)
  }

  public func kill(signal: CInt = SIGKILL) { _ = weir_pidfd_kill(pidfd, signal) }

  /// Waits for its end.
  public func wait() -> Exit {
    if let result { return result }
    var (code, signalled): (CInt, CInt) = (0, 0)
    let status = weir_reap(pidfd, 1, &code, &signalled)
    let exit: Exit =
      status < 0 ? .exited(status) : signalled != 0 ? .signalled(code) : .exited(code)
    result = exit
    return exit
  }

  /// Whether it still runs; does not wait.
  public var isRunning: Bool {
    if result != nil { return false }
    var (code, signalled): (CInt, CInt) = (0, 0)
    guard weir_reap(pidfd, 0, &code, &signalled) == 0 else { return true }
    result = signalled != 0 ? .signalled(code) : .exited(code)
    return false
  }

  /// What it has written to its standard error so far.
  public var standardError: String {
    var bytes = [UInt8](repeating: 0, count: max(0, Int(weir_file_size(output))))
    let count = pread(output, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  /// The executable of this target, which is built next to the test bundle.
  public static func peerPath() -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &bytes, bytes.count)
    let own = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    let folder = own.split(separator: "/").dropLast()
    return "/" + folder.joined(separator: "/") + "/TransportPeer"
  }

  /// Starts this target's executable.
  public static func peer(
    _ arguments: [String], descriptors: [CInt] = []
  ) throws -> Child {
    // The library path finds the Swift runtime and sanitizers where the tests found them.
    let names = ["LD_LIBRARY_PATH", "PATH", "ASAN_OPTIONS", "TSAN_OPTIONS"]
    let inherited = names.compactMap { (name: String) -> String? in
      getenv(name).map { "\(name)=" + String(cString: $0) }
    }
    return try Child(
      peerPath(), arguments, descriptors: descriptors,
      environment: inherited + ["SWIFT_BACKTRACE=enable=no"])
  }
}
