// SPDX-License-Identifier: Apache-2.0
import Glibc

@testable import Scenarios

/// A pipe with a fault, to show that the checks find it.
enum PeerFault: String, CaseIterable, Sendable {
  case losesOne, repeatsOne, swapsTwo, flipsABit, mixesTwo, cutsTheEnd
  /// Says that it sent what it threw away, instead of waiting for room.
  case dropsWhenFull
  /// Ends the stream of a sender that merely left.
  case endsForTheDead
}

/// Plays a pipe whose sending end has a fault.
struct FaultyPeers: PeerCast {
  let fault: PeerFault

  func play(_ stage: PeerStage, _ scene: PeerScene) throws -> PeerStage.Outcomes {
    let fault = fault
    return try ThreadPlayers(stage: stage).visit(
      outlet: { port in
        FaultyOutlet(try KernelOutlet.make(port), pipe: try port.channel().number, fault)
      },
      inlet: { port in try KernelInlet.make(port) })
  }
}

struct FaultyOutlet: ~Copyable, PeerOutlet {
  private var outlet: KernelOutlet
  /// For last words: a value that goes away can change nothing.
  private let pipe: CInt
  private let fault: PeerFault
  private var count = 0
  private var kept: [UInt8] = []

  init(_ outlet: consuming KernelOutlet, pipe: CInt, _ fault: PeerFault) {
    self.outlet = outlet
    self.pipe = dup(pipe)
    self.fault = fault
  }

  deinit {
    if fault == .endsForTheDead, !kept.isEmpty {
      let mark = withUnsafeBytes(of: PeerMessage.endMark) { Array($0) } + kept.dropFirst(8)
      _ = mark.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
    }
    close(pipe)
  }

  mutating func send(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    count += 1
    let isEnd = bytes.load(as: UInt64.self) == PeerMessage.endMark
    switch fault {
    case .losesOne where count == 7: return Int64(bytes.count)
    case .repeatsOne where count == 7: _ = outlet.send(bytes)
    case .swapsTwo where count == 7:
      kept = Array(bytes)
      return Int64(bytes.count)
    case .swapsTwo where count == 8:
      _ = outlet.send(bytes)
      return kept.withUnsafeBytes { outlet.send($0) }
    case .flipsABit where count == 7:
      kept = Array(bytes)
      kept[kept.count / 2] ^= 16
      return kept.withUnsafeBytes { outlet.send($0) }
    case .mixesTwo where count == 7:
      // Half of this one and half of the one before.
      for index in kept.count / 2..<kept.count { kept[index] = bytes[index] }
      return kept.withUnsafeBytes { outlet.send($0) }
    case .mixesTwo, .endsForTheDead: if !isEnd { kept = Array(bytes) }
    case .cutsTheEnd where isEnd: return -Int64(EPIPE)
    case .dropsWhenFull:
      // As soon as more is on its way than a pipe of that depth holds.
      if count > 400, count % 2 == 0, !isEnd { return Int64(bytes.count) }
    default: break
    }
    return outlet.send(bytes)
  }
}
