// SPDX-License-Identifier: Apache-2.0
internal import Serialization
public import SharedMemory
internal import Synchronization

/// Room in shared memory that the producer lends to whoever fills the next item: a camera's driver, a
/// decoder, several calls or another thread. Nothing is copied.
///
/// One loan at a time. ``Producer/publish(_:byteCount:)`` makes it an item; a loan that is let go of
/// instead gives its room back.
public struct Loan: ~Copyable, Sendable {
  /// Index that the item will have.
  let index: UInt64
  let room: SharedBytes
  private let segment: Segment
  private let ticket: Ticket

  /// Whether the loan is still out, for the producer to ask.
  final class Ticket: Sendable {
    let isOut = Atomic(true)
  }

  init(index: UInt64, room: SharedBytes, segment: Segment, ticket: Ticket) {
    self.index = index
    self.room = room
    self.segment = segment
    self.ticket = ticket
  }

  // Release: pairs with the acquire in Producer.settleLoan; what was written here comes before what the
  // room's next user writes.
  deinit { ticket.isOut.store(false, ordering: .releasing) }

  /// Bytes that were asked for.
  public var byteCount: Int { room.count }

  /// Lends the room for writing. What earlier calls wrote is still there; what nobody wrote is whatever
  /// an earlier item left.
  public mutating func withBytes<R, E: Error>(
    _ body: (inout MutableRawSpan) throws(E) -> R
  ) throws(E) -> R {
    try room.write(offset: 0, count: room.count, body)
  }

  func has(_ other: Ticket) -> Bool { ticket === other }
}

/// What asking for a loan came to.
public enum LoanResult: ~Copyable, Sendable {
  case granted(Loan)
  /// As ``Producer/put(_:timeout:)`` would have it; never `.published`.
  case refused(PutResult)
}

/// A loan that its producer has granted, and what was so before.
struct LoanRecord {
  let ticket: Loan.Ticket
  /// The arena as it was, for when the loan is let go of.
  let mark: SharedMemoryStore.Mark
  /// Up to where the producer could go without another look at the customers.
  var limit: UInt64
}

extension Producer {
  /// Borrows room for the next item; see ``Loan``. Until the loan is published or let go of, nothing
  /// else can be put.
  ///
  /// - Parameter byteCount: room to borrow; all of it counts towards the byte budget.
  /// - Throws: as ``put(byteCount:timeout:filling:)``; `.invalidArgument` while another loan is out.
  public mutating func loan(
    byteCount: Int, timeout: Timeout = .never
  ) throws(TransportError) -> LoanResult {
    if items != nil { throw Self.needsItems() }
    guard !lines.isEmpty || hasReaders() else { return .refused(.noCustomers) }
    if let refused = try makeRoom(byteCount, timeout, payload: byteCount) {
      return .refused(refused)
    }
    let ticket = Loan.Ticket()
    loanRecord = LoanRecord(ticket: ticket, mark: shared.mark, limit: limit)
    // Whatever is put takes the slow path now, which knows of the loan.
    limit = head
    let room = shared.lend(head, byteCount: byteCount)
    return .granted(
      Loan(index: head, room: room, segment: control.segment, ticket: ticket))
  }

  /// Publishes what was written into a loan.
  ///
  /// - Parameter byteCount: how much of it, from its beginning; nil for all.
  /// - Throws: `.invalidArgument` for another producer's loan, `.ended` after ``end()``, `.unsupported`
  ///   when a customer came that needs items. The loan is gone then, and nothing was published.
  /// - Precondition: `byteCount` is at most the loan's.
  public mutating func publish(
    _ loan: consuming Loan, byteCount: Int? = nil
  ) throws(TransportError) {
    guard let record = loanRecord, loan.has(record.ticket) else {
      throw TransportError(
        .invalidArgument, "this loan is another producer's; publish it where it came from")
    }
    if items != nil { throw Self.needsItems() }
    if control.isEnded { throw Self.hasEnded() }
    let count = byteCount ?? loan.byteCount
    precondition(count >= 0 && count <= loan.byteCount)
    shared.fill(loan, byteCount: count)
    loanRecord = nil
    limit = record.limit
    publish(count)
  }

  /// Takes back the room of a loan that was let go of.
  /// - Throws: `.invalidArgument` while it is out.
  mutating func settleLoan() throws(TransportError) {
    guard let record = loanRecord else { return }
    // Acquire: pairs with the release in Loan.deinit.
    guard !record.ticket.isOut.load(ordering: .acquiring) else {
      throw TransportError(
        .invalidArgument,
        "an item is on loan; publish the loan, or let go of it, before the next put")
    }
    shared.reset(to: record.mark)
    limit = record.limit
    loanRecord = nil
  }

  /// Makes the next put look at the customers.
  mutating func forgetRoom() {
    (limit, knownLimit) = (head, head)
    loanRecord?.limit = head
  }
}

extension SharedMemoryStore {
  /// Where the arena stands.
  struct Mark {
    let position: UInt64
    let offset: Int
  }

  var mark: Mark { Mark(position: position, offset: offset) }

  mutating func reset(to mark: Mark) { (position, offset) = (mark.position, mark.offset) }

  /// Takes the range for a payload of item `index`; the room was checked.
  mutating func lend(_ index: UInt64, byteCount: Int) -> SharedBytes {
    if byteCount <= RingLayout.inlineByteCount {
      return slots.inlineRoom(index, byteCount: byteCount)
    }
    return arena.part(offset: reserve(Self.footprint(byteCount)), count: byteCount)
  }

  /// Points the slot at what was written into a loan. Not yet visible.
  mutating func fill(_ loan: borrowing Loan, byteCount: Int) {
    if loan.byteCount <= RingLayout.inlineByteCount {
      slots.noteInline(loan.index, byteCount: byteCount)
    } else {
      slots.fill(
        loan.index, arenaOffset: UInt64(arena.offset(of: loan.room)), byteCount: UInt64(byteCount))
    }
  }
}
