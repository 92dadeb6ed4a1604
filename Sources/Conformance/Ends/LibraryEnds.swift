// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
public import Transport

/// Makes the library's own producers and customers.
public struct LibraryWorkshop: Workshop {
  public init() {}

  public func makeProducer(
    _ configuration: ProducerConfiguration, startingAt start: UInt64
  ) throws(TransportError) -> any ProducerEnd {
    LibraryProducer(try Producer<Frame>(configuration, startingAt: start))
  }
}

final class LibraryProducer: ProducerEnd {
  private var producer: Producer<Frame>

  init(_ producer: consuming Producer<Frame>) { self.producer = producer }

  var isFull: Bool { producer.isFull }
  var count: Int { producer.count }
  var droppedCount: Int { producer.droppedCount }
  var evictedCount: Int { producer.evictedCount }

  func put(_ frame: Frame, timeout: Timeout) throws(TransportError) -> PutResult {
    try producer.put(frame, timeout: timeout)
  }
  func putNowait(_ frame: Frame) throws(TransportError) -> PutResult {
    try producer.putNowait(frame)
  }
  func waitForRoom(timeout: Timeout) throws(TransportError) -> Bool {
    try producer.waitForRoom(timeout: timeout)
  }
  func end() { producer.end() }
  func terminate() { producer.terminate() }
  func drain(timeout: Timeout) -> Bool { producer.drain(timeout: timeout) }
  func makePlace(_ source: SourceConfiguration) throws(TransportError) -> any CustomerPlace {
    LibraryPlace(try producer.makeSource(source))
  }
}

final class LibraryPlace: CustomerPlace {
  private let ticket: SourceTicket<Frame>

  init(_ ticket: SourceTicket<Frame>) { self.ticket = ticket }

  func attach() throws(TransportError) -> any CustomerEnd {
    LibraryCustomer(try Customer(ticket))
  }
  func handover() throws(TransportError) -> SourceHandover { try ticket.handover() }
}

final class LibraryCustomer: CustomerEnd {
  private var customer: Customer<Frame>

  init(_ customer: consuming Customer<Frame>) { self.customer = customer }

  var count: Int { customer.count }
  var isEmpty: Bool { customer.isEmpty }
  var isLast: Bool { customer.isLast }
  var skippedCount: Int { customer.skippedCount }
  var droppedCount: Int { customer.droppedCount }
  var defaultItem: Frame? {
    get { customer.defaultItem?() }
    set {
      guard let frame = newValue else {
        customer.defaultItem = nil
        return
      }
      customer.defaultItem = { frame }
    }
  }
  func waitForItem(timeout: Timeout) throws(TransportError) -> Availability {
    try customer.waitForItem(timeout: timeout)
  }
  func get(timeout: Timeout) throws(TransportError) -> Delivery<Frame> {
    try customer.get(timeout: timeout)
  }
  func next() { customer.next() }
}
