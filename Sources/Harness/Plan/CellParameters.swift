// SPDX-License-Identifier: Apache-2.0

/// The coordinates of a cell that are plain words and numbers.
public struct CellParameters: Codable, Hashable, Sendable {
  public var workload: String
  public var store: String
  public var serializer: String
  /// Payload bytes of one message.
  public var size: ByteCount
  public var wait: String
  public var producers: Int
  public var customers: Int
  /// Slots of the transport, already resolved from `auto`.
  public var depth: Int
  public var backpressure: Backpressure
  public var verification: Verification

  enum CodingKeys: String, CodingKey {
    case workload, store, serializer
    case size = "size_bytes"
    case wait, producers, customers, depth, backpressure
    case verification = "verify"
  }

  /// - Precondition: producers, customers and depth are positive.
  public init(
    workload: String, store: String, serializer: String, size: ByteCount, wait: String,
    producers: Int = 1, customers: Int = 1, depth: Int = 64,
    backpressure: Backpressure = .block, verification: Verification = .full
  ) {
    precondition(producers > 0 && customers > 0 && depth > 0, "counts are positive")
    self.workload = workload
    self.store = store
    self.serializer = serializer
    self.size = size
    self.wait = wait
    self.producers = producers
    self.customers = customers
    self.depth = depth
    self.backpressure = backpressure
    self.verification = verification
  }
}
