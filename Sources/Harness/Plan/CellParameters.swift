// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

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
  /// What the segment is made of.
  public var pages: SegmentPages
  /// What customers on other nodes than the segment read.
  public var replicas: Replicas
  public var verification: Verification

  enum CodingKeys: String, CodingKey {
    case workload, store, serializer
    case size = "size_bytes"
    case wait, producers, customers, depth, backpressure, pages, replicas
    case verification = "verify"
  }

  /// - Precondition: producers, customers and depth are positive.
  public init(
    workload: String, store: String, serializer: String, size: ByteCount, wait: String,
    producers: Int = 1, customers: Int = 1, depth: Int = 64,
    backpressure: Backpressure = .block, pages: SegmentPages = .automatic,
    replicas: Replicas = .none,
    verification: Verification = .full
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
    self.pages = pages
    self.replicas = replicas
    self.verification = verification
  }

  /// Reads runs that were stored before cells said what their pages are, and whether they have replicas.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    workload = try values.decode(String.self, forKey: .workload)
    store = try values.decode(String.self, forKey: .store)
    serializer = try values.decode(String.self, forKey: .serializer)
    size = try values.decode(ByteCount.self, forKey: .size)
    wait = try values.decode(String.self, forKey: .wait)
    producers = try values.decode(Int.self, forKey: .producers)
    customers = try values.decode(Int.self, forKey: .customers)
    depth = try values.decode(Int.self, forKey: .depth)
    backpressure = try values.decode(Backpressure.self, forKey: .backpressure)
    pages = try values.decodeIfPresent(SegmentPages.self, forKey: .pages) ?? .automatic
    replicas = try values.decodeIfPresent(Replicas.self, forKey: .replicas) ?? Replicas.none
    verification = try values.decode(Verification.self, forKey: .verification)
  }
}
