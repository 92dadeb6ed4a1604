// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Harness
internal import SharedMemory

/// Puts messages into a small ring between two processes, blocks when its script says so, and does to
/// messages what its script says, counting each.
@safe
struct RingSender: ~Copyable, MessageSender {
  private let session: WorkerSession
  private let shared: SyntheticSegment
  private let message: StampedBytes.Template
  private let bodyBits: Int
  private let putTicks: UInt64
  private let stall: (period: UInt64, length: UInt64)?
  private var nextStall: UInt64?
  private var faults: FaultScript
  private var counts: [MessageFault: Int] = [:]
  private var holdUps = HoldUps()
  private var position: UInt64 = 0
  /// A message that waits for its successor to go first.
  private var held: UInt64?

  init(_ session: WorkerSession, _ shared: SyntheticSegment, _ script: SyntheticScript) {
    self.session = session
    self.shared = shared
    let size = session.cell.size.bytes
    message = StampedBytes.Template(
      StampedBytes(byteCount: size, seed: session.assignment.seed))
    bodyBits = (size / 8 - 2) * 64
    let perTick = session.clock.nanosecondsPerTick
    putTicks = UInt64(script.putNanoseconds / perTick)
    stall = script.stall.map {
      (UInt64(Double($0.period.count) / perTick), UInt64(Double($0.length.count) / perTick))
    }
    faults = FaultScript(script.faults, seed: session.assignment.seed)
  }

  mutating func send(_ sequence: UInt64) throws -> Dispatch {
    let begin = session.clock.ticks()
    let isStalled = block(begin)
    if putTicks > 0 {
      let from = session.clock.ticks()
      _ = holdUps.wait(from: from, until: from &+ putTicks, session.clock)
    }
    if let earlier = held {
      held = nil
      try put(sequence, begin, isStalled)
      try put(earlier, begin, isStalled)
      counts[.reordered, default: 0] += 1
      return .sent
    }
    guard let fault = faults.fault(of: sequence) else {
      try put(sequence, begin, isStalled)
      return .sent
    }
    switch fault {
    case .reordered:
      held = sequence
      return .sent
    case .lost: break
    case .duplicated:
      try put(sequence, begin, isStalled)
      try put(sequence, begin, isStalled)
    case .corrupt, .torn: try put(sequence, begin, isStalled, fault)
    }
    counts[fault, default: 0] += 1
    return .sent
  }

  /// Blocks for as long as a stall lasts, if one is due.
  private mutating func block(_ begin: UInt64) -> Bool {
    guard let stall else { return false }
    // From the origin of the schedule, in the middle between the edges of the measured phase.
    let due = nextStall ?? session.origin &+ stall.period
    nextStall = due
    guard begin >= due else { return false }
    let end = holdUps.wait(from: begin, until: begin &+ stall.length, session.clock)
    var next = due
    while next <= end { next &+= stall.period }
    nextStall = next
    return true
  }

  private mutating func put(
    _ sequence: UInt64, _ begin: UInt64, _ isStalled: Bool, _ fault: MessageFault? = nil
  ) throws {
    while position &- shared.released.loadAcquire() >= UInt64(shared.slotCount) {
      try StreamTraffic.giveUpIfAborted(session)
      weir_cpu_relax()
    }
    let (rules, template) = unsafe (message.rules, message.bytes)
    let bit = fault == .corrupt ? 64 + faults.bit(of: bodyBits) : nil
    let room = shared.message(position)
    room.write(offset: 0, count: room.count) { span in
      if fault == .torn {
        // Bodies are alike: the new half differs from the old one in its stamp.
        unsafe rules.pointee.write(sequence &- 1, template, to: &span)
        unsafe span.withUnsafeMutableBytes { unsafe $0.storeBytes(of: sequence, as: UInt64.self) }
      } else {
        unsafe rules.pointee.write(sequence, template, to: &span)
      }
      if let bit {
        unsafe span.withUnsafeMutableBytes { unsafe $0[bit / 8] ^= 1 << UInt8(bit % 8) }
      }
    }
    shared.begin(position).storeRelaxed(begin)
    shared.stalled(position).storeRelaxed(isStalled ? SyntheticSegment.stalledBit : 0)
    position &+= 1
    // Release: pairs with the acquire in RingReceiver.receive.
    shared.put.storeRelease(position)
  }

  mutating func drain() -> Bool {
    while shared.released.loadAcquire() < position {
      if session.phase == .abort { return false }
      weir_cpu_relax()
    }
    return true
  }

  mutating func finish() throws {
    // Its successor never came: it goes as it should, and is not counted.
    if let earlier = held { try put(earlier, session.clock.ticks(), false) }
    held = nil
    // Release: pairs with the acquire in RingReceiver.receive.
    shared.ended.storeRelease(1)
    for (fault, count) in counts { shared.faultCount(fault).storeRelaxed(UInt64(count)) }
    shared.senderHoldUp.storeRelaxed(holdUps.longest)
    _ = drain()
  }
}
