// SPDX-License-Identifier: Apache-2.0
public import Serialization
public import SharedMemory

/// Why an item could not be moved. Full, empty, timed out and ended are results, not errors.
public struct TransportError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: Equatable, Sendable {
    /// The item does not fit the store, however long one waits.
    case tooLarge
    /// The ring is full and the producer's backpressure is ``Backpressure/fail``.
    case full
    /// The stream was ended before.
    case ended
    /// The producer's process is gone; what it published has been delivered.
    case producerGone
    /// The queue's other end is closed: nobody will take what is put.
    case customerGone
    /// The shared bytes contradict the protocol: the other end is broken or hostile.
    case corrupt
    /// The combination was asked for and cannot be had.
    case unsupported
    /// No strategy of that name is registered in the customer's process.
    case unknownStrategy(nearest: String?)
    /// An end is used in another process than the one it was made for.
    case wrongContext
    /// A value outside its range.
    case invalidArgument
    /// The item could not be encoded or decoded, here or in the other process.
    case serialization(SerializationError)
    /// The kernel refused memory or a channel.
    case sharedMemory(SharedMemoryError)
  }

  public let code: Code
  /// What happened and what to do about it, in one line.
  public let description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  @usableFromInline
  init(_ error: SerializationError) {
    self.init(.serialization(error), error.description)
  }

  @usableFromInline
  init(_ error: SharedMemoryError) {
    self.init(.sharedMemory(error), error.description)
  }

  /// Runs a step of the memory layer and reports its failure as this module's.
  static func wrapping<R: ~Copyable>(
    _ step: () throws(SharedMemoryError) -> R
  ) throws(TransportError) -> R {
    do throws(SharedMemoryError) {
      return try step()
    } catch {
      throw TransportError(error)
    }
  }

  @usableFromInline
  static func corruptSlot(_ index: UInt64) -> TransportError {
    TransportError(
      .corrupt, "item \(index) of the segment is damaged; stop the producer and start it anew")
  }

  static func overBudget(_ byteCount: Int, budget: Int) -> TransportError {
    TransportError(
      .tooLarge,
      "an item of \(byteCount) bytes never fits the byte budget of \(budget); raise byteBudget")
  }

  @usableFromInline
  static func tooLarge(_ byteCount: Int, room: Int) -> TransportError {
    TransportError(
      .tooLarge,
      "an item of \(byteCount) bytes does not fit the store's \(room); "
        + "raise the producer's arenaByteCount")
  }
}
