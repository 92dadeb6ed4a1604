// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory

/// The customer's end of a queue store's channel: asks for items and holds the one at the cursor.
final class QueueInbox {
  private let control: RingControl
  private let line: CustomerLine
  private let channel: ByteChannel
  private let doorbell: Doorbell
  private let strategy: WaitStrategy
  private var buffer = ByteBuffer(capacity: 1 << 18)
  private var sleepers = DescriptorSet()
  /// Wakes a sleeper when the producer's process ends; nil before the first long sleep.
  private var producerEnd: ProcessEnd?
  /// The complete frame at the front of `buffer`.
  private var current: QueueWire.Header?

  /// Items asked for ahead of the cursor, so that a hand-off does not cost a round trip.
  static let window: UInt64 = 64
  /// Bytes received at once when no item is known to be larger.
  private static let chunkByteCount = 1 << 16
  /// Bytes received at once at most: a header that claims more than comes must not take memory.
  private static let longestChunkByteCount = 1 << 20
  /// Polls of the channel per budgeted spin: a system call takes tens of times as long.
  private static let spinsPerPoll: UInt32 = 16

  enum Outcome { case ready, rung, timedOut, closed }

  init(
    control: RingControl, line: CustomerLine, channel: consuming ByteChannel,
    doorbell: consuming Doorbell, strategy: WaitStrategy
  ) {
    self.control = control
    self.line = line
    self.channel = channel
    self.doorbell = doorbell
    self.strategy = strategy
  }

  /// Asks for the item at `index`, and with `ahead` for those after it.
  func request(_ index: UInt64, ahead: Bool) {
    let asked = line.requestEnd.loadRelaxed()
    if ahead {
      // Half a window is still on its way: asking again now keeps the channel busy.
      guard RingCounter.isBefore(asked, index &+ Self.window / 2) else { return }
      line.requestStart.storeRelaxed(RingCounter.later(index, line.requestStart.loadRelaxed()))
      line.requestEnd.storeRelease(index &+ Self.window)
    } else {
      guard !RingCounter.isBefore(index, asked) else { return }
      line.requestStart.storeRelaxed(index)
      line.requestEnd.storeRelease(index &+ 1)
    }
    // Pairs with the exchange in QueueStore.run: the server sees the request or we see that it
    // sleeps.
    if control.serverParked.exchange(0) != 0 { doorbell.ring() }
  }

  /// Receives until the item at `index` is complete.
  ///
  /// With `.now` it takes what has arrived and does not wait for what is on its way. The producer's
  /// death is noticed even while others hold its end of the channel open.
  func fetch(_ index: UInt64, timeout: Timeout) throws(TransportError) -> Outcome {
    var deadline: Int64? = nil
    var polls: UInt32 = 0
    var producerIsGone = false
    while true {
      if let outcome = try advance(to: index) { return outcome }
      switch channel.receive(into: &buffer, limit: bytesMissing()) {
      case .moved: continue
      case .closed: return .closed
      case .wouldBlock: break
      }
      // Looked at before the receive above found nothing more.
      if producerIsGone { return .closed }
      if timeout == .now { return .timedOut }
      polls += 1
      if polls < pollBudget { continue }
      let limit = deadline ?? timeout.deadlineNanoseconds
      deadline = limit
      let now = MonotonicTime.nanoseconds()
      if now >= limit { return .timedOut }
      if strategy == .spin {
        polls = 0
        producerIsGone = control.producerIsGone
        continue
      }
      producerIsGone = sleep(atMost: limit - now) && control.producerIsGone
    }
  }

  /// Sleeps until bytes come.
  /// - Returns: whether to look if the producer lives.
  private func sleep(atMost nanoseconds: Int64) -> Bool {
    sleepers.removeAll()
    let bytes = sleepers.add(channel.descriptor)
    let longest =
      producerEnd == nil
      ? WaitPoint.longestSleepNanoseconds : WaitPoint.longestWatchedSleepNanoseconds
    if let descriptor = producerEnd?.descriptor { sleepers.add(descriptor) }
    if !sleepers.wait(timeoutNanoseconds: min(nanoseconds, longest)) {
      if nanoseconds >= longest, producerEnd == nil {
        producerEnd = control.producerPeers?.first.flatMap { ProcessEnd(of: $0) }
      }
      return true
    }
    if sleepers.isReady(bytes) { return false }
    // If its lock is kept all the same, as the child of a fork may, it is looked at every 50 ms.
    producerEnd = nil
    return true
  }

  private var pollBudget: UInt32 {
    switch strategy {
    case .spin: 1024
    case .spinThenPark(let spins): spins / Self.spinsPerPoll
    case .park: 0
    }
  }

  /// Looks at the front of the buffer; passes over what is below `index`.
  private func advance(to index: UInt64) throws(TransportError) -> Outcome? {
    while true {
      if current == nil {
        guard let header = try QueueWire.parse(buffer) else { return nil }
        if header.kind != .bell, RingCounter.isBefore(index, header.index) {
          throw TransportError(
            .corrupt,
            "the queue delivered item \(header.index) where \(index) was due; start both ends anew")
        }
        current = header
      }
      guard let header = current else { return nil }
      guard buffer.count >= QueueWire.headerByteCount + header.byteCount else { return nil }
      if header.kind == .bell {
        drop(header)
        return .rung
      }
      if header.index == index { return .ready }
      drop(header)
    }
  }

  private func bytesMissing() -> Int {
    guard let current else { return Self.chunkByteCount }
    let missing = QueueWire.headerByteCount + current.byteCount - buffer.count
    return min(max(missing, Self.chunkByteCount), Self.longestChunkByteCount)
  }

  private func drop(_ header: QueueWire.Header) {
    buffer.consume(QueueWire.headerByteCount + header.byteCount)
    current = nil
  }

  /// Lets go of the item at the cursor.
  func release() {
    if let header = current,
      buffer.count >= QueueWire.headerByteCount + header.byteCount
    {
      drop(header)
    }
  }

  /// The bytes of the fetched item, good until it is released.
  /// - Throws: what the other process reported, when it could not encode the item.
  func item() throws(TransportError) -> SharedBytes {
    guard let header = current else {
      throw TransportError(.corrupt, "no item was fetched; call get before reading")
    }
    let (offset, count) = (QueueWire.headerByteCount, header.byteCount)
    guard header.kind == .failure else { return buffer.window(offset: offset, count: count) }
    let reported: SerializationError
    do throws(SerializationError) {
      reported = try buffer.read(offset: offset, count: count) {
        (span) throws(SerializationError) in try SerializationError(receivedFrom: span)
      }
    } catch {
      reported = error
    }
    throw TransportError(reported)
  }
}
