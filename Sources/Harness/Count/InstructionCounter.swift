// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Counts the instructions of scripts in valgrind's callgrind, which carries out every one of them itself:
/// the same in every run, without a counter of the processor.
public final class InstructionCounter {
  /// All that decides the number beside the program: counts by another counter are not compared.
  public let name: String

  private let valgrind: String
  /// A copy of this program without what is there for debuggers, which not every valgrind can read; gone
  /// with this object.
  private let program = TemporaryPath("weir-counted")
  /// The function whose calls are counted, as callgrind matches it.
  private static let counted = "*\(CountedProcess.countedName)*"
  /// An instruction takes some fifty times as long in there.
  private static let timeout = Nanoseconds.seconds(300)

  /// Nil where there is no valgrind or no objcopy (Debian: `valgrind` and `binutils`).
  ///
  /// - Throws: `HarnessError` (`tool`) when this program cannot be copied.
  public init?() throws(HarnessError) {
    let path = SearchPath()
    guard let valgrind = path.program("valgrind"), let objcopy = path.program("objcopy"),
      let version = Self.line("\(Self.quoted(valgrind)) --version")
    else { return nil }
    self.valgrind = valgrind
    // The processor decides which of its copies the C library takes.
    name = [
      version, Self.line("getconf GNU_LIBC_VERSION") ?? "unknown C library",
      SystemProbe().field("/proc/cpuinfo", "model name") ?? "unknown processor",
    ].joined(separator: ", ")
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let words = [objcopy, "--strip-debug", link ?? "", program.path].map(Self.quoted)
    let copy = try ToolRun(words.joined(separator: " "))
    guard copy.status == 0 else {
      throw HarnessError(
        .tool, "this program cannot be copied for valgrind: \(copy.lastLine)",
        remedy: "set TMPDIR to a directory with room that may hold programs")
    }
  }

  /// What a command says in one line; nil when it fails.
  private static func line(_ command: String) -> String? {
    guard let run = try? ToolRun(command), run.status == 0 else { return nil }
    return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Instructions that a round of a script takes.
  ///
  /// - Parameter arguments: make this program run the script, by ``CountedProcess/runUntraced(messages:_:)``.
  /// - Throws: `HarnessError` (`tool`) when valgrind fails, or finds nothing to count.
  public func count(_ script: String, arguments: [String]) throws(HarnessError) -> Int {
    let words =
      [
        // Swift would draw its hash tables' seed at random.
        "SWIFT_DETERMINISTIC_HASHING=1 WEIR_STREAMING_COPY=0", Self.quoted(valgrind),
        "--tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no",
        "--toggle-collect=\(Self.quoted(Self.counted))", Self.quoted(program.path),
      ] + arguments.map(Self.quoted)
    let run = try ToolRun(words.joined(separator: " "), timeout: Self.timeout)
    guard run.status == 0, let found = run.output.firstMatch(of: /Collected : (\d+)/),
      let count = Int(found.1), count > 0
    else {
      throw HarnessError(
        .tool, "\(script): valgrind counted no instructions; it said: \(run.lastLine)",
        remedy: "leave --instructions out, or count another script with --only")
    }
    return count
  }

  private static func quoted(_ word: String) -> String {
    "'" + word.replacing("'", with: "'\\''") + "'"
  }
}

extension ToolRun {
  /// The last line that says something; valgrind ends with some that do not.
  fileprivate var lastLine: String {
    output.split(separator: "\n").last { !$0.hasSuffix("== ") }.map(String.init) ?? "nothing"
  }
}
