// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Topology

extension SliceRecorder {
  /// Messages of an open load below which a slice ends where the next begins: a meeting takes two.
  private static let fewestMessages: UInt64 = 20

  /// A checkpoint in the measured phase.
  mutating func measure(_ now: UInt64, _ count: UInt64, _ next: UInt64, _ isLate: Bool) {
    switch stage {
    case .idle:
      session.board.recordersWord.add(1)
      if isLeader {
        ledger = makeLedger()
        lastNoise = ledger?.reading()
        look()
        pause(now, next)
      } else {
        follow(now, count)
      }
    case .meeting(let until): attend(now, until, next)
    case .settling(let until):
      if !isLeader {
        follow(now, count)
      } else if now >= until {
        open(now, count)
      }
    case .open(let start):
      if !isLeader {
        follow(now, count)
      } else if now &- start.ticks >= times.slice, !isLate {
        if isSparse(count - start.count) {
          keep(now, count, start)
          lastReading = nil
          // Straight from one odd number to the next: no message is between them.
          open(now, count, step: 2)
        } else {
          close(now, count, start, partial: false)
          pause(now, next)
        }
      }
    case .done: break
    }
  }

  /// A checkpoint of the cool-down: ends the last slice, fingerprint and all.
  mutating func coolDown(_ now: UInt64, _ count: UInt64, _ next: UInt64, _ isLate: Bool) {
    switch stage {
    case .idle, .settling: done()
    case .meeting(let until):
      attend(now, until, next)
      if case .settling = stage { done() }
    case .open where isLate: break
    case .open(let start):
      let isKept = close(now, count, start, partial: true)
      if isLeader, isKept, mayMeet { pause(now, next) } else { done() }
    case .done: break
    }
  }

  /// The end of everything, at whatever stage.
  mutating func end(_ now: UInt64, _ count: UInt64) {
    switch stage {
    case .open(let start): close(now, count, start, partial: true)
    case .meeting: if !session.meeting.withdraw() { _ = session.meeting.lead() }
    case .idle, .settling, .done: break
    }
    done()
  }

  private mutating func done() {
    switch stage {
    case .done: return
    case .idle: break
    case .meeting, .settling, .open:
      let word = session.board.recordersWord
      if word.add(.max) == 0 { word.wakeAll() }
    }
    stage = .done
  }

  // MARK: Slices

  private mutating func open(_ now: UInt64, _ count: UInt64, step: UInt32 = 1) {
    let number = session.board.sliceWord.add(step)
    stage = .open(
      Opening(
        ticks: now, count: count, bytes: receivedBytes ?? 0, number: number, noise: lastNoise))
  }

  /// - Returns: whether the slice is kept: a partial one counts only when it is long enough to say
  ///   something, or is all there is.
  @discardableResult
  private mutating func close(
    _ now: UInt64, _ count: UInt64, _ start: Opening, partial: Bool
  ) -> Bool {
    if isLeader { session.board.sliceWord.add(1) }
    stage = .settling(until: now)
    if isLeader, partial, !log.slices.isEmpty, now &- start.ticks < times.slice / 4 {
      _ = takeLatencies()
      return false
    }
    keep(now, count, start)
    return true
  }

  private mutating func keep(_ now: UInt64, _ count: UInt64, _ start: Opening) {
    look()
    let latencies = takeLatencies()
    let ticks = now &- start.ticks
    let messages = Int(count - start.count)
    var slice = LaunchRecord.Slice(
      begin: begin(start.ticks), duration: Nanoseconds(Int(session.clock.nanoseconds(ticks))),
      messages: messages,
      bytes: receivedBytes.map { $0 - start.bytes } ?? messages * bytesPerMessage)
    if let ledger, let before = start.noise {
      let after = ledger.reading()
      slice.noise = after - before
      lastNoise = after
    }
    slice.latencies = latencies.isEmpty ? nil : latencies
    log.append(slice, number: start.number)
  }

  /// From the beginning of the measured phase; nil when the harness did not say when that was.
  private func begin(_ ticks: UInt64) -> Nanoseconds? {
    let origin = session.board.measureBegin
    guard origin > 0, ticks >= origin else { return nil }
    return Nanoseconds(Int(session.clock.nanoseconds(ticks - origin)))
  }

  private mutating func takeLatencies() -> SliceLatencies {
    SliceLatencies(
      latency: latency?.take() ?? [], response: response?.take() ?? [],
      service: service?.take() ?? [])
  }

  private mutating func look() {
    if let seen = try? CurrentCPU.now() { cpus.insert(seen.cpu) }
  }

  /// Opens and closes as the leader does.
  private mutating func follow(_ now: UInt64, _ count: UInt64) {
    let number = session.board.sliceWord.loadRelaxed()
    if case .open(let start) = stage, start.number != number {
      close(now, count, start, partial: false)
    }
    if number & 1 == 0 {
      if case .idle = stage { stage = .settling(until: now) }
    } else if !isOpen {
      stage = .open(
        Opening(ticks: now, count: count, bytes: receivedBytes ?? 0, number: number))
    }
  }

  /// Whether so few messages came that a meeting would take a good part of them.
  private func isSparse(_ messages: UInt64) -> Bool {
    session.cell.load != .closed && messages < Self.fewestMessages
  }

  private func makeLedger() -> NoiseLedger {
    let (board, seating) = (session.board, session.assignment.seating)
    return NoiseLedger(
      processes: (0..<board.workerCount).map { board.process(of: $0) }.filter { $0 > 0 },
      cpus: seating.producer.cpuset.union(seating.customer.cpuset))
  }
}
