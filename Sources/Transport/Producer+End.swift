// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

extension Producer {
  /// Ends the stream: customers get what was published, then learn of the end.
  ///
  /// Queue customers are answered by this process: ``drain(timeout:)`` before it exits. A producer
  /// that is let go after its end waits for them as long as they make progress.
  public mutating func end() {
    forgetRoom()
    // Release: pairs with the acquires in Customer.hasEnded, which reads the state first.
    control.head.storeRelease(head)
    control.state.storeRelease(RingControl.State.ended.rawValue)
    control.customersWait.ring()
    queue?.serve()
  }

  /// Ends the stream at once: customers are told so by their next get, wherever they are, and what they
  /// did not take by then counts as dropped with them. An item that is being borrowed stays good until
  /// it is released. Safe to repeat, and after ``end()``. After REIP's terminate token, out of band.
  public mutating func terminate() {
    forgetRoom()
    let slowest = slowestCursor()
    let unread = min(
      max(0, RingCounter.distance(from: slowest, to: head)), Int64(control.layout.capacity))
    // Release: as in end(); whoever finds a slot revoked finds the state.
    control.head.storeRelease(head)
    control.state.storeRelease(RingControl.State.terminated.rawValue)
    if !isMutated(.slotsNotRevoked) { control.revoke(from: head &- UInt64(unread), to: head) }
    control.customersWait.ring()
    queue?.serve()
  }

  /// Waits until every customer has released every item, or is gone.
  /// - Returns: false when the time ran out.
  public mutating func drain(timeout: Timeout = .never) -> Bool {
    // Those who come later start at the head: nothing is kept for them.
    meetNewcomers()
    let (control, lines, head) = (control, lines, head)
    return control.producerWait.wait(
      configuration.wait, timeout: timeout,
      alive: {
        control.evictTheDead()
        return true
      }, peers: { control.customerPeers },
      until: {
        lines.allSatisfy {
          !$0.holdsItems || !RingCounter.isBefore($0.cursor.loadAcquire(), head)
        }
      })
  }

  /// How long a producer that is let go waits for a queue customer that takes nothing: many times
  /// the longest pause of a busy machine, and no hang when the customer is stuck.
  private static var farewellNanoseconds: Int64 { 1_000_000_000 }

  /// Keeps answering queue customers after the end until they have everything, are gone, or stand
  /// still: what is not sent dies with this process's memory.
  func awaitQueueCustomers() {
    let (control, lines, head) = (control, lines, head)
    let waiting = zip(lines, sources).filter { $0.1.store == .queue }.map { $0.0 }
    let behind = {
      waiting.filter { $0.holdsItems && RingCounter.isBefore($0.cursor.loadAcquire(), head) }
        .map { $0.cursor.loadAcquire() }
    }
    var last = behind()
    while !last.isEmpty {
      let moved = control.producerWait.wait(
        configuration.wait, timeout: .after(nanoseconds: Self.farewellNanoseconds),
        alive: {
          control.evictTheDead()
          return true
        }, peers: { control.customerPeers }, until: { behind() != last })
      if !moved { return }
      last = behind()
    }
  }
}
