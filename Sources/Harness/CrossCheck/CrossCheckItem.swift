// SPDX-License-Identifier: Apache-2.0

/// A limit of the machine that a public tool measures too.
struct CrossCheckItem: Sendable {
  /// Such as `memcpy 64KiB`.
  let name: String
  let quantity: Quantity
  /// What the roofline of one launch says; nil when it was not measured.
  let ours: @Sendable (Roofline) -> Double?
  let tool: Tool
  /// A shell command that measures it once.
  let command: String
  /// The figure in what the command printed, in the unit of `quantity`.
  let parse: @Sendable (String) -> Double?
  /// Why the two need not agree; nil where they must.
  let explanation: String?

  /// A program and where it comes from.
  struct Tool: Hashable, Sendable {
    let program: String
    /// Debian's package.
    let package: String

    static let perf = Tool(program: "perf", package: "linux-perf")
    static let likwid = Tool(program: "likwid-bench", package: "likwid")
    static let python = Tool(program: "python3", package: "python3")
    static let stress = Tool(program: "stress-ng", package: "stress-ng")
  }
}

extension CrossCheckItem {
  /// Everything that can be compared on two CPUs.
  ///
  /// - Parameters:
  ///   - cpus: of the asking and of the answering end.
  ///   - sizes: of copies, reads and writes.
  static func all(cpus: (Int, Int), sizes: [ByteCount]) -> [CrossCheckItem] {
    exchanges(cpus)
      + sizes.flatMap { [memcpy($0, cpus.0), memset($0, cpus.0), read($0, cpus.0)] }
  }

  private static func exchanges(_ cpus: (Int, Int)) -> [CrossCheckItem] {
    [
      CrossCheckItem(
        name: "pipe ping-pong", quantity: .time, ours: { $0.pipePingPong?.p50.value },
        tool: .perf, command: pipeCommand(cpus),
        // Seconds for all round trips.
        parse: { output in lastNumber(output).map { $0 / Double(pipeRounds) / 2 * 1e9 } },
        explanation: nil),
      CrossCheckItem(
        name: "futex ping-pong", quantity: .time, ours: { $0.futexPingPong?.p50.value },
        tool: .python, command: semaphoreCommand(cpus), parse: lastNumber, explanation: nil),
      CrossCheckItem(
        name: "cache-line ping-pong", quantity: .time,
        ours: { $0.cachelinePingPong?.p50.value }, tool: .stress,
        command: "stress-ng --taskset \(cpus.0),\(cpus.1) --peterson 1 --timeout 1 --metrics",
        parse: { output in
          words(output, onLineWith: "nanosecs per mutex").compactMap(Double.init).first
        },
        explanation:
          "no packaged tool exchanges a bare line; a mutex of Peterson's moves the lines of three "
          + "words, fences, and its ends are left to the scheduler"),
    ]
  }

  private static func memcpy(_ size: ByteCount, _ cpu: Int) -> CrossCheckItem {
    memoryPass("memcpy", size, cpu) { $0.memcpy }
  }

  private static func memset(_ size: ByteCount, _ cpu: Int) -> CrossCheckItem {
    memoryPass("memset", size, cpu) { $0.write }
  }

  private static func memoryPass(
    _ pass: String, _ size: ByteCount, _ cpu: Int,
    _ limits: @escaping @Sendable (Roofline) -> [Int: Roofline.Limit]
  ) -> CrossCheckItem {
    // The tool counts its first pass over untouched pages too.
    let loops = max(50, passByteCount / size.bytes)
    return CrossCheckItem(
      name: "\(pass) \(size)", quantity: .bandwidth,
      ours: { limits($0)[size.bytes]?.estimate.value }, tool: .perf,
      command: "taskset -c \(cpu) perf bench -f simple mem \(pass) -f default"
        + " -s \(size.bytes)B -l \(loops)",
      parse: lastNumber, explanation: nil)
  }

  private static func read(_ size: ByteCount, _ cpu: Int) -> CrossCheckItem {
    CrossCheckItem(
      name: "read \(size)", quantity: .bandwidth,
      ours: { $0.read[size.bytes]?.estimate.value }, tool: .likwid,
      command: "taskset -c \(cpu) likwid-bench -t load_sse -w N:\(size.bytes)B:1 -s 1",
      parse: { output in
        words(output, onLineWith: "MByte/s:").compactMap(Double.init).first.map { $0 * 1e6 }
      },
      explanation: "its kernel adds doubles one after the other, ours sums words in four chains")
  }

  // MARK: Commands

  private static let pipeRounds = 20_000
  private static let semaphoreRounds = 20_000
  private static let passByteCount = 8 << 30

  /// The tool leaves its two processes to the scheduler, which likes them on one CPU: they are
  /// taken apart once they run.
  private static func pipeCommand(_ cpus: (Int, Int)) -> String {
    "taskset -c \(cpus.0) perf bench -f simple sched pipe -l \(pipeRounds) & p=$!; "
      + "while kill -0 $p 2>/dev/null; do c=$(cat /proc/$p/task/$p/children 2>/dev/null); "
      + "[ -n \"$c\" ] && { taskset -pc \(cpus.1) $c >/dev/null; break; }; done; wait $p"
  }

  /// Two semaphores of the interpreter's own, which are futexes of glibc's.
  private static func semaphoreCommand(_ cpus: (Int, Int)) -> String {
    let program = """
      import os, time, multiprocessing as m
      x, y, n = m.Semaphore(0), m.Semaphore(0), \(semaphoreRounds)
      if os.fork() == 0:
          os.sched_setaffinity(0, {\(cpus.1)})
          for _ in range(n): x.acquire(); y.release()
          os._exit(0)
      os.sched_setaffinity(0, {\(cpus.0)})
      t = time.perf_counter()
      for _ in range(n): x.release(); y.acquire()
      print((time.perf_counter() - t) / n / 2 * 1e9)
      """
    return "python3 -c '\(program)'"
  }

  // MARK: Figures

  /// The last thing on the last line, which is where terse formats have their figure.
  static let lastNumber: @Sendable (String) -> Double? = { output in
    output.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0) }
  }

  static func words(_ output: String, onLineWith mark: String) -> [String] {
    output.split(whereSeparator: \.isNewline).first { $0.contains(mark) }
      .map { $0.split(whereSeparator: \.isWhitespace).map(String.init) } ?? []
  }
}
