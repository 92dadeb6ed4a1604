// SPDX-License-Identifier: Apache-2.0
public import Serialization
public import SharedMemory
public import Transport

/// Whatever makes producers and customers: the library's own, or one with a fault to see whether
/// the suite finds it.
public protocol Workshop: Sendable {
  /// - Parameter start: number of the first item.
  func makeProducer(
    _ configuration: ProducerConfiguration, startingAt start: UInt64
  ) throws(TransportError) -> any ProducerEnd
}

/// A producer of frames, as far as the suite looks at it. See ``Transport/Producer``.
public protocol ProducerEnd: AnyObject {
  var isFull: Bool { get }
  var count: Int { get }
  var droppedCount: Int { get }
  var evictedCount: Int { get }
  func put(_ frame: Frame, timeout: Timeout) throws(TransportError) -> PutResult
  func putNowait(_ frame: Frame) throws(TransportError) -> PutResult
  func waitForRoom(timeout: Timeout) throws(TransportError) -> Bool
  func end()
  func terminate()
  func drain(timeout: Timeout) -> Bool
  func makePlace(_ source: SourceConfiguration) throws(TransportError) -> any CustomerPlace
}

/// A place kept for a customer, to be taken by any thread.
public protocol CustomerPlace: AnyObject, Sendable {
  func attach() throws(TransportError) -> any CustomerEnd
  /// What another process needs to take it.
  func handover() throws(TransportError) -> SourceHandover
}

/// A customer of frames, as far as the suite looks at it; it detaches when it is let go.
public protocol CustomerEnd: AnyObject {
  var count: Int { get }
  var isEmpty: Bool { get }
  var isLast: Bool { get }
  var skippedCount: Int { get }
  var droppedCount: Int { get }
  var defaultItem: Frame? { get set }
  func waitForItem(timeout: Timeout) throws(TransportError) -> Availability
  func get(timeout: Timeout) throws(TransportError) -> Delivery<Frame>
  func next()
}
