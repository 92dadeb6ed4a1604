// SPDX-License-Identifier: Apache-2.0
import Conformance
import Foundation
import Serialization
import SharedMemory
import Transport

/// A customer with one fault, which comes up at its third item where one item is enough.
final class FaultyCustomer: CustomerEnd {
  private let inner: any CustomerEnd
  private let fault: FaultyWorkshop.Fault
  private var released = 0
  private var isRepeating = false
  private var hasCorrupted = false
  private var endings = 0
  private var last: Frame?
  private var filler: Frame?

  private static let worst = 2

  init(_ inner: any CustomerEnd, _ fault: FaultyWorkshop.Fault) {
    self.inner = inner
    self.fault = fault
  }

  var count: Int { inner.count }
  var isEmpty: Bool { inner.isEmpty }
  var isLast: Bool { inner.isLast }
  var skippedCount: Int { fault == .forgetsSkips ? 0 : inner.skippedCount }

  var droppedCount: Int { inner.droppedCount }

  var defaultItem: Frame? {
    get { inner.defaultItem }
    set {
      filler = newValue
      inner.defaultItem = newValue
    }
  }

  func waitForItem(timeout: Timeout) throws(TransportError) -> Availability {
    let found = try inner.waitForItem(timeout: timeout)
    return fault == .reportsReadyForNothing && found == .timedOut ? .ready : found
  }

  func get(timeout: Timeout) throws(TransportError) -> Delivery<Frame> {
    if fault == .waitsForNothing, timeout != .now { return try inner.get(timeout: .now) }
    if fault == .endsEarly, released > Self.worst, inner.count == 1 { return .ended }
    if fault == .skipIsIdempotentNot, last != nil, inner.skippedCount > 0 { inner.next() }
    do throws(TransportError) {
      return try altered(try inner.get(timeout: timeout))
    } catch {
      guard fault == .hidesErrors, case .serialization = error.code else { throw error }
      inner.next()
      return try inner.get(timeout: timeout)
    }
  }

  private func altered(_ delivery: Delivery<Frame>) throws(TransportError) -> Delivery<Frame> {
    switch delivery {
    case .item(let frame):
      defer { last = frame }
      return .item(alter(frame))
    case .ended:
      endings += 1
      if fault == .endsOnce, endings > 1 { return .timedOut }
      if fault == .defaultsAfterTheEnd, let filler { return .byDefault(filler) }
      return .ended
    default: return delivery
    }
  }

  private func alter(_ frame: Frame) -> Frame {
    switch fault {
    case .corruptsAnItem where released >= Self.worst && !hasCorrupted && frame.bytes.count > 0:
      hasCorrupted = true
      return flipped(frame)
    case .repeatsAnItem where isRepeating, .staleAfterNext where released > Self.worst,
      .swapsItems where released == Self.worst:
      return last ?? frame
    case .dropsMetadata:
      let bare = try? Frame(
        dtype: frame.dtype, shape: frame.shape, strides: frame.strides,
        timestampNanoseconds: frame.timestampNanoseconds, bytes: frame.bytes)
      return bare ?? frame
    default: return frame
    }
  }

  private func flipped(_ frame: Frame) -> Frame {
    var copy = frame
    copy.withMutableBytes { span in
      guard span.byteCount > 0 else { return }
      let place = span.byteCount - 1
      let byte = span.unsafeLoad(fromByteOffset: place, as: UInt8.self)
      span.storeBytes(of: byte ^ 1, toByteOffset: place, as: UInt8.self)
    }
    return copy
  }

  func next() {
    released += 1
    isRepeating = false
    if fault == .repeatsAnItem, released == Self.worst + 1 {
      isRepeating = true
      return
    }
    inner.next()
    if fault == .skipsAnItem, released == Self.worst { inner.next() }
  }
}
