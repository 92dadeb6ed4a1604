// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import Testing
import TransportPeer

@Suite(.timeLimit(.minutes(10))) struct SpawnTests {
  private func shell(
    _ script: String, descriptors: [CInt] = [], cpus: UInt64? = nil, environment: [String] = []
  ) throws -> Child {
    try Child(
      "/bin/sh", ["-c", script], descriptors: descriptors, cpus: cpus, environment: environment)
  }

  @Test(arguments: [0, 1, 42, 255] as [CInt])
  func exitCodesAreReported(code: CInt) throws {
    try withWatchdog {
      let child = try shell("exit \(code)")
      #expect(child.wait() == .exited(code))
    }
  }

  @Test(arguments: [SIGKILL, SIGTERM, SIGINT])
  func signalsAreReported(signal: CInt) throws {
    try withWatchdog {
      let child = try Child("/bin/sleep", ["1000"])
      #expect(child.isRunning)
      child.kill(signal: signal)
      #expect(child.wait() == .signalled(signal))
      #expect(!child.isRunning)
    }
  }

  @Test func argumentsAndEnvironmentArrive() throws {
    try withWatchdog {
      let child = try Child(
        "/bin/sh", ["-c", "echo \"$1|$2|$WEIR_TEST|$HOME\" >&2", "sh", "a b", ""],
        environment: ["WEIR_TEST=x=y"])
      #expect(child.wait() == .exited(0))
      #expect(child.standardError == "a b||x=y|\n")
    }
  }

  @Test func theAffinityIsSetBeforeTheProgramRuns() throws {
    try withWatchdog {
      let child = try shell("grep Cpus_allowed_list /proc/self/status >&2", cpus: 1)
      #expect(child.wait() == .exited(0))
      #expect(child.standardError.split(separator: "\t").last == "0\n")
    }
  }

  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 0, 1], [2], []])
  func descriptorsAreRenumbered(order: [Int]) throws {
    try withWatchdog {
      let files = (0..<3).map { index in
        let file = weir_memfd_create("file")
        #expect(ftruncate(file, off_t(10 + index)) == 0)
        return file
      }
      defer { for file in files { close(file) } }
      let script = order.indices.map { "stat -Lc %s /proc/self/fd/\(3 + $0) >&2;" }.joined()
      let child = try shell(
        script + "exit 0", descriptors: order.map { files[$0] },
        environment: ["PATH=/bin:/usr/bin"])
      #expect(child.wait() == .exited(0))
      #expect(child.standardError == order.map { "\(10 + $0)\n" }.joined())
    }
  }

  /// The numbers 3, 4, 5 themselves, permuted: in a process that has them to spare.
  @Test func overlappingNumbersDoNotOverwriteEachOther() throws {
    try withWatchdog {
      let peer = try Child.peer(["renumber"])
      #expect(peer.wait() == .exited(0))
      #expect(peer.standardError == "5 3 4\n4 4 3\n3 4 5\n3 3 3\n")
    }
  }

  @Test func everyOtherDescriptorIsClosed() throws {
    try withWatchdog {
      // Without close-on-exec, and far above those that are passed on.
      let stray = fcntl(0, F_DUPFD, 200)
      defer { close(stray) }
      let passed = weir_memfd_create("passed")
      defer { close(passed) }
      let listed = try shell(
        "exec 1>&2; ls /proc/self/fd", descriptors: [passed, passed],
        environment: ["PATH=/bin:/usr/bin"])
      #expect(listed.wait() == .exited(0))
      // ls has one more open: the directory it lists.
      #expect(listed.standardError == "0\n1\n2\n3\n4\n5\n")
    }
  }

  @Test func aLowLimitOnOpenFilesIsEnough() async {
    await #expect(processExitsWith: .exitCode(0)) {
      var limit = rlimit(rlim_cur: 32, rlim_max: 32)
      guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { exit(2) }
      let child = try Child("/bin/sh", ["-c", "exit 7"], descriptors: [0, 0])
      exit(child.wait() == .exited(7) ? 0 : 3)
    }
  }

  @Test func tooManyDescriptorsAreRefused() throws {
    let failure = #expect(throws: Child.Failure.self) {
      try Child("/bin/true", descriptors: Array(repeating: 0, count: 65))
    }
    #expect(failure == .init(step: WEIR_STEP_DESCRIPTORS, errno: E2BIG))
  }

  /// The thread sanitizer turns a vfork into a fork, whose child cannot tell what failed.
  private static let vforkIsReal = dlsym(nil, "__tsan_init") == nil

  @Test(.enabled(if: vforkIsReal, "the thread sanitizer replaces vfork"))
  func theFailingStepIsNamed() throws {
    try withWatchdog {
      let exec = #expect(throws: Child.Failure.self) { try Child("/nonexistent/program") }
      #expect(exec == .init(step: WEIR_STEP_EXEC, errno: ENOENT))
      let directory = #expect(throws: Child.Failure.self) { try Child("/proc") }
      #expect(directory == .init(step: WEIR_STEP_EXEC, errno: EACCES))
      let descriptor = #expect(throws: Child.Failure.self) {
        try Child("/bin/true", descriptors: [9999])
      }
      #expect(descriptor == .init(step: WEIR_STEP_DESCRIPTORS, errno: EBADF))
      let affinity = #expect(throws: Child.Failure.self) { try Child("/bin/true", cpus: 0) }
      #expect(affinity == .init(step: WEIR_STEP_AFFINITY, errno: EINVAL))
    }
  }

  @Test func signalsAreResetInTheChild() throws {
    try withWatchdog {
      let handler = signal(SIGUSR2, SIG_IGN)
      var (all, before) = (sigset_t(), sigset_t())
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, &before)
      let child = try shell("cat /proc/self/status >&2", environment: ["PATH=/bin:/usr/bin"])
      pthread_sigmask(SIG_SETMASK, &before, nil)
      signal(SIGUSR2, handler)
      #expect(child.wait() == .exited(0))
      for name in ["SigBlk", "SigIgn", "SigCgt"] {
        let line = child.standardError.split(separator: "\n").first { $0.hasPrefix(name) }
        let mask = try #require(line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
        // Signals 32 and 33 are the C library's own and out of everybody's reach.
        #expect(mask & ~(3 << 31) == 0, "\(name)")
      }
    }
  }

  @Test func theChildLeadsAGroupOfItsOwn() throws {
    try withWatchdog {
      let child = try Child("/bin/sleep", ["1000"])
      #expect(getpgid(child.pid) == child.pid)
    }
  }

  @Test func aChildDiesWithItsKilledParent() throws {
    try withWatchdog {
      var ends: [CInt] = [0, 0]
      #expect(pipe(&ends) == 0)
      let parent = try Child.peer(["parent"], descriptors: [ends[1]])
      close(ends[1])
      while !parent.standardError.hasSuffix("\n") && parent.isRunning {}
      #expect(parent.standardError.hasPrefix("child="))
      parent.kill()
      #expect(parent.wait() == .signalled(SIGKILL))
      // The grandchild holds the only writing end: the pipe ends when it dies.
      var byte: UInt8 = 0
      #expect(read(ends[0], &byte, 1) == 0)
      close(ends[0])
    }
  }

  @Test func reapingDoesNotWaitUnlessAsked() throws {
    try withWatchdog {
      var code: CInt = 0
      var signalled: CInt = 0
      let child = try Child("/bin/sleep", ["1000"])
      let pidfd = weir_open_pidfd(child.pid)
      #expect(weir_reap(pidfd, 0, &code, &signalled) == -EAGAIN)
      close(pidfd)
      #expect(weir_reap(-1, 1, &code, &signalled) < 0)
      child.kill()
      #expect(child.wait() == .signalled(SIGKILL))
    }
  }
}
