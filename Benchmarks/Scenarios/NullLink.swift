// SPDX-License-Identifier: Apache-2.0

/// Moves nothing: what remains of a cell is what the harness itself costs.
struct NullReceiver: ~Copyable, MessageReceiver {
  private var sequence: UInt64 = 0
  private let isRunning: () -> Bool

  init(isRunning: @escaping () -> Bool) { self.isRunning = isRunning }

  mutating func receive(checked: Bool) throws -> Arrival {
    guard isRunning() else { return .ended }
    return Arrival(kind: .message, sequence: sequence)
  }

  mutating func verify() throws -> Fault { .none }
  mutating func release() { sequence &+= 1 }
}

struct NullSender: ~Copyable, MessageSender {
  mutating func send(_ sequence: UInt64) throws -> Dispatch { .sent }
  mutating func drain() -> Bool { true }
  mutating func finish() throws {}
}
