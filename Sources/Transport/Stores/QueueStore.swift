// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory

/// The producer's half of the queue store: customers in other processes ask for items, and are
/// answered over a kernel channel with what a serializer makes of them.
///
/// The thread that puts an item answers at once those who already asked for it. What it cannot
/// finish (a full channel) or does not see (a request for older items) is the server thread's work,
/// which sleeps on a doorbell otherwise.
final class QueueStore<Item: TransportItem>: Sendable {
  private struct Shared: ~Copyable {
    var outboxes: [Outbox] = []
    var isStopping = false
  }

  /// A noncopyable outbox as an element of an array.
  private final class Outbox {
    var value: QueueOutbox<Item>
    init(_ value: consuming QueueOutbox<Item>) { self.value = value }
  }

  private let control: RingControl
  private let items: ListStore<Item>
  private let doorbell: Doorbell
  private let shared = Guarded(Shared())

  /// - Parameter doorbell: shared with the customers' processes.
  init(control: RingControl, items: ListStore<Item>, doorbell: consuming Doorbell) {
    self.control = control
    self.items = items
    self.doorbell = doorbell
  }

  var doorbellDescriptor: CInt { doorbell.descriptor }

  /// Adds a customer's channel, in place of an earlier customer's.
  func add(
    place: Int, line: CustomerLine, channel: consuming ByteChannel, serializer: any Serializer
  ) {
    let known = shared.withLock { shared in
      Parcel(shared.outboxes.first { $0.value.encodings.serializer.name == serializer.name })
    }
    let box = Outbox(
      QueueOutbox<Item>(
        place: place, line: line, channel: channel,
        encodings: known.outbox?.value.encodings ?? SharedEncodings(serializer)))
    let parcel = Parcel(box)
    shared.withLock { shared in
      guard let outbox = parcel.outbox else { return }
      outbox.value.encodings.addUser()
      shared.outboxes.append(outbox)
    }
  }

  /// Closes the channel of a customer that is gone, before its place is given to another.
  func remove(place: Int) {
    shared.withLock { $0.outboxes.removeAll { $0.value.place == place } }
  }

  /// Carries an outbox across the lock's boundary.
  private struct Parcel: @unchecked Sendable {
    // Sendable: made by the one thread that adds it, and reached only under the lock afterwards.
    let outbox: Outbox?
    init(_ outbox: Outbox?) { self.outbox = outbox }
  }

  /// Answers what can be answered now; called by the putting thread after each publication.
  func serve() {
    let done = shared.withLockIfAvailable { shared in pump(&shared) }
    // Busy or blocked: the server thread goes on. It looks again before it sleeps.
    if done != true { wakeServer() }
  }

  /// True when nothing is left to do until somebody asks or puts.
  private func pump(_ shared: inout Shared) -> Bool {
    let ended = control.isEnded
    let head = control.head.loadAcquire()
    var idle = true
    for outbox in shared.outboxes
    where outbox.value.isBlocked || outbox.value.hasWork(head: head, ended: ended) {
      outbox.value.pump(items: items, head: head, ended: ended)
      idle = idle && !outbox.value.isBlocked
    }
    return idle
  }

  /// Forgets customers that are gone: their channels close and their buffers go.
  private func discardTheGone(_ shared: inout Shared) {
    shared.outboxes.removeAll { $0.value.isOver }
  }

  private func wakeServer() {
    if control.serverParked.exchange(0) != 0 { doorbell.ring() }
  }

  /// The server thread's life.
  func run() {
    var sleepers = DescriptorSet()
    while true {
      let isStopping = shared.withLock { shared in
        discardTheGone(&shared)
        _ = pump(&shared)
        return shared.isStopping
      }
      if isStopping { return }
      // Pairs with the exchange in wakeServer and in QueueInbox.request: of two exchanges of one
      // word one comes first. Ours: they ring. Theirs: we see what they did before it.
      _ = control.serverParked.exchange(1)
      // Asked whether or not a channel is full: another customer's may have room.
      if hasWork() { continue }
      sleepers.removeAll()
      sleepers.add(doorbell.descriptor)
      shared.withLock { shared in
        for outbox in shared.outboxes where outbox.value.isBlocked {
          sleepers.add(outbox.value.channel.descriptor, forWriting: true)
        }
      }
      sleepers.wait(timeoutNanoseconds: -1)
      // An exchange, not a store, which could hide a peer's exchange from our next one.
      _ = control.serverParked.exchange(0)
      doorbell.silence()
    }
  }

  private func hasWork() -> Bool {
    let ended = control.isEnded
    let head = control.head.loadAcquire()
    return shared.withLock { shared in
      shared.isStopping
        || shared.outboxes.contains { $0.value.hasWork(head: head, ended: ended) }
    }
  }

  /// Asks the server thread to return.
  func stop() {
    shared.withLock { $0.isStopping = true }
    doorbell.ring()
  }
}
