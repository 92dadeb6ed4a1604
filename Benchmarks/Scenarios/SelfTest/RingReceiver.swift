// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory

/// Takes messages from the ring, checks them as any receiver does, and writes down when each was there.
@safe
struct RingReceiver: ~Copyable, MessageReceiver {
  private let session: WorkerSession
  private let shared: SyntheticSegment
  private let message: StampedBytes.Template
  private let scripted: UInt64
  private var check: Check
  private var recorder: TruthRecorder
  private var position: UInt64 = 0
  private var sequence: UInt64 = 0
  private var end: UInt64 = 0

  /// Looks at the ring before the loop around it may look whether the launch goes on.
  private static let patience = 1 << 14

  init(_ session: WorkerSession, _ shared: SyntheticSegment, _ script: SyntheticScript) {
    self.session = session
    self.shared = shared
    message = StampedBytes.Template(
      StampedBytes(byteCount: session.cell.size.bytes, seed: session.assignment.seed))
    scripted = UInt64(script.putNanoseconds / session.clock.nanosecondsPerTick)
    check = Check(session.cell.verification)
    recorder = TruthRecorder(shared, session.clock)
  }

  mutating func receive(checked: Bool) throws -> Arrival {
    var now = session.clock.ticks()
    for _ in 0..<Self.patience {
      // Acquire: pairs with the releases in RingSender. In this order: what was put before the end is seen.
      let hasEnded = shared.ended.loadAcquire() != 0
      if shared.put.loadAcquire() > position { return arrive(checked ? check.next() : .none) }
      if hasEnded { return .ended }
      let later = session.clock.ticks()
      recorder.holdUps.note(now, later)
      now = later
    }
    return .nothing
  }

  private mutating func arrive(_ depth: Check.Depth) -> Arrival {
    let arrival = examine(depth)
    // Not before the bytes are here: they come from the other CPU, and the harness waits for them too.
    end = session.clock.ticks()
    sequence = arrival.sequence
    return arrival
  }

  private func examine(_ depth: Check.Depth) -> Arrival {
    let (rules, template) = unsafe (message.rules, message.bytes)
    let bytes = shared.message(position)
    return bytes.read(offset: 0, count: bytes.count) { payload in
      unsafe rules.pointee.arrival(payload, template, depth)
    }
  }

  mutating func verify() throws -> Fault { examine(check.next()).fault }

  /// Records the message, once the harness has taken its time.
  mutating func release() {
    if session.isInSlice {
      recorder.note(
        sequence: sequence, begin: shared.begin(position).loadRelaxed(), end: end,
        scripted: scripted | shared.stalled(position).loadRelaxed(), slice: session.sliceNumber)
    }
    position &+= 1
    // Release: pairs with the acquire in RingSender.put, which overwrites the slot.
    shared.released.storeRelease(position)
  }

  mutating func close(_ kept: [UInt32]) { recorder.close(kept) }
}
