// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// One line on a terminal's standard error that says how far a run is; silent elsewhere.
public struct ProgressLine {
  private let total: Int
  private let isShown: Bool
  private let write: @Sendable (String) -> Void
  private let started = MonotonicTime.nanoseconds()
  private let expected: Nanoseconds
  private var done = 0
  private static let columns = 78

  /// - Parameters:
  ///   - total: launches to come.
  ///   - expected: the plan's estimate, used until enough launches have shown their own pace.
  ///   - write: where the line goes; standard error by default.
  public init(
    total: Int, expected: Nanoseconds, isShown: Bool = StandardError.isTerminal,
    write: @escaping @Sendable (String) -> Void = { StandardError.write($0) }
  ) {
    self.write = write
    self.total = total
    self.expected = expected
    self.isShown = isShown
  }

  public mutating func begin(_ what: String) {
    guard isShown else { return }
    let head = "[\(done)/\(total)] ETA \(remainingSeconds) s  "
    let text = head + what.suffix(max(0, Self.columns - head.count))
    write("\r\u{1B}[K" + text)
  }

  public mutating func advance() { done += 1 }

  public func clear() {
    if isShown { write("\r\u{1B}[K") }
  }

  /// Time left at the pace so far, in whole seconds.
  private var remainingSeconds: Int {
    let elapsed = Double(MonotonicTime.nanoseconds() - started)
    let share = Double(done) / Double(max(total, 1))
    let whole = share > 0.05 ? elapsed / share : Double(expected.count)
    return Int((max(0, whole - elapsed) / 1e9).rounded(.up))
  }
}
