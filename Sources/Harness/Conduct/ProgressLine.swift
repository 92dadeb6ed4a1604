// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// One line on a terminal's standard error that says how far a run is; silent elsewhere.
public struct ProgressLine {
  /// Nil when time decides.
  private let total: Int?
  private let deadline: Int64?
  private let isShown: Bool
  private let write: @Sendable (String) -> Void
  private let started = MonotonicTime.nanoseconds()
  private let expected: Nanoseconds
  private var done = 0
  private static let columns = 78

  /// - Parameters:
  ///   - total: launches to come.
  ///   - expected: the plan's estimate, used until enough launches have shown their own pace.
  ///   - deadline: `MonotonicTime` at which a run ends however many launches it has made by then; nil
  ///     when it ends with the last of `total`.
  ///   - write: where the line goes; standard error by default.
  public init(
    total: Int, expected: Nanoseconds, deadline: Int64? = nil,
    isShown: Bool = StandardError.isTerminal,
    write: @escaping @Sendable (String) -> Void = { StandardError.write($0) }
  ) {
    self.write = write
    self.total = deadline == nil ? total : nil
    self.deadline = deadline
    self.expected = expected
    self.isShown = isShown
  }

  public mutating func begin(_ what: String) {
    guard isShown else { return }
    let head = "[\(done)\(total.map { "/\($0)" } ?? "")] ETA \(remainingSeconds) s  "
    let text = head + what.suffix(max(0, Self.columns - head.count))
    write("\r\u{1B}[K" + text)
  }

  public mutating func advance() { done += 1 }

  public func clear() {
    if isShown { write("\r\u{1B}[K") }
  }

  /// Time left, by the deadline or at the pace so far, in whole seconds.
  private var remainingSeconds: Int {
    if let deadline {
      return Int((Double(max(0, deadline - MonotonicTime.nanoseconds())) / 1e9).rounded(.up))
    }
    let elapsed = Double(MonotonicTime.nanoseconds() - started)
    let share = Double(done) / Double(max(total ?? 0, 1))
    let whole = share > 0.05 ? elapsed / share : Double(expected.count)
    return Int((max(0, whole - elapsed) / 1e9).rounded(.up))
  }
}
