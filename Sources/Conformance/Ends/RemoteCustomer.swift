// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Serialization
internal import SharedMemory
internal import Transport

/// A customer in another process, led from here call by call: every check sees both contexts alike.
final class RemoteCustomer: CustomerEnd {
  private let peer: PeerProcess
  private let pool: PeerPool
  private var isBroken = false

  /// Longer than any wait that a check asks for.
  private static let answerNanoseconds: Int64 = 40_000_000_000

  init(_ place: any CustomerPlace, _ pool: PeerPool) throws(TransportError) {
    self.pool = pool
    do throws(PeerFailure) {
      peer = try pool.take()
    } catch {
      throw Self.broken(error)
    }
    _ = try ask(.attach(try place.handover()))
  }

  deinit {
    guard !isBroken, (try? ask(.detach)) != nil else { return peer.kill() }
    pool.giveBack(peer)
  }

  /// For signals other than the last one.
  func signal(_ number: CInt) { peer.signal(number) }

  private static func broken(_ failure: PeerFailure) -> TransportError {
    TransportError(.invalidArgument, "the customer cannot go on: \(failure)")
  }

  private func ask(
    _ order: PeerOrder, _ payload: Data? = nil
  ) throws(TransportError) -> (PeerReply, Data) {
    let answer: (PeerReply, Data)
    do throws(PeerFailure) {
      try peer.send(order, payload)
      answer = try peer.receive(withinNanoseconds: Self.answerNanoseconds)
    } catch {
      isBroken = true
      throw Self.broken(error)
    }
    if let error = answer.0.error { throw error.error }
    return answer
  }

  private var status: PeerReply.Status {
    (try? ask(.status))?.0.status
      ?? PeerReply.Status(
        count: -1, isEmpty: false, isLast: false, skippedCount: -1, droppedCount: -1)
  }

  var count: Int { status.count }
  var isEmpty: Bool { status.isEmpty }
  var isLast: Bool { status.isLast }
  var skippedCount: Int { status.skippedCount }
  var droppedCount: Int { status.droppedCount }

  var defaultItem: Frame? {
    get { nil }
    set { _ = try? ask(.setDefault, newValue.flatMap { try? FrameParcel.bytes($0) }) }
  }

  func waitForItem(timeout: Timeout) throws(TransportError) -> Availability {
    switch try ask(.wait(TimeLimit(timeout))).0.outcome {
    case .ready: .ready
    case .ended: .ended
    default: .timedOut
    }
  }

  func get(timeout: Timeout) throws(TransportError) -> Delivery<Frame> {
    let (reply, payload) = try ask(.get(TimeLimit(timeout)))
    switch reply.outcome {
    case .item: return .item(try FrameParcel.frame(payload))
    case .byDefault: return .byDefault(try FrameParcel.frame(payload))
    case .ended: return .ended
    default: return .timedOut
    }
  }

  func next() { _ = try? ask(.next) }
}
