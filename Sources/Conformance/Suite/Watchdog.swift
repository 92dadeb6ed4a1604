// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

/// Runs what may hang on a thread of its own, and goes on without it when it does.
package enum Watchdog {
  private final class Outcome<Value: Sendable>: Sendable {
    let result = Guarded<Result<Value, Violation>?>(nil)
    let bell: Doorbell
    init(_ bell: consuming Doorbell) { self.bell = bell }
  }

  /// What a check's body found wrong, also when that is a hang; nil when all is well.
  package static func violation(
    within seconds: Int64, _ complain: (_ expected: String, _ found: String) -> Violation,
    _ body: @escaping @Sendable () throws(Violation) -> Void
  ) -> Violation? {
    do throws(SharedMemoryError) {
      switch try run(seconds: seconds, body) {
      case .success: return nil
      case .failure(let violation): return violation
      case nil: return complain("an end within \(seconds) s", "a hang")
      }
    } catch {
      return complain("a thread to run the check on", error.description)
    }
  }

  /// - Returns: nil when the body has not returned in time; its thread is left to itself then.
  static func run<Value: Sendable>(
    seconds: Int64, _ body: @escaping @Sendable () throws(Violation) -> Value
  ) throws(SharedMemoryError) -> Result<Value, Violation>? {
    let outcome = Outcome<Value>(try Doorbell())
    let thread = try NativeThread {
      let result: Result<Value, Violation>
      do throws(Violation) {
        result = .success(try body())
      } catch {
        result = .failure(error)
      }
      outcome.result.withLock { $0 = result }
      outcome.bell.ring()
    }
    var sleepers = DescriptorSet()
    sleepers.add(outcome.bell.descriptor)
    let deadline = MonotonicTime.nanoseconds() + seconds * 1_000_000_000
    var left = seconds * 1_000_000_000
    while left > 0, !sleepers.wait(timeoutNanoseconds: left) {
      left = deadline - MonotonicTime.nanoseconds()
    }
    guard let result = outcome.result.withLock({ $0 }) else { return nil }
    thread.join()
    return result
  }
}
