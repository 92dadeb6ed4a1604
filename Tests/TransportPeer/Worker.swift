// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Synchronization

/// A closure on a thread of its own, whose result or error the joining thread gets.
public struct Worker<Value: Sendable>: ~Copyable {
  private final class Outcome: Sendable {
    let result = Mutex<Result<Value, any Error>?>(nil)
  }

  public struct EndedWithoutResult: Error {}

  private let outcome = Outcome()
  private let thread: NativeThread

  public init(_ body: @escaping @Sendable () throws -> Value) throws {
    let outcome = outcome
    thread = try NativeThread {
      let result = Result { try body() }
      outcome.result.withLock { $0 = result }
    }
  }

  public consuming func join() throws -> Value {
    let outcome = outcome
    thread.join()
    guard let result = outcome.result.withLock({ $0 }) else { throw EndedWithoutResult() }
    return try result.get()
  }
}
