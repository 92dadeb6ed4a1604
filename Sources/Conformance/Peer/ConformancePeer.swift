// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import Serialization
internal import SharedMemory
internal import Transport

/// The other process of a check. Descriptor 3 carries orders, 4 descriptors, 5 is the board.
public enum ConformancePeer {
  /// Does what it is told until nobody is left to tell it.
  public static func run() {
    TroubledSerializer.register()
    guard let segment = try? Segment.attach(descriptor: 5) else { return }
    var link = PeerLink(owning: 3)
    let stage = PeerStage(board: PeerBoard(segment), parcels: ByteChannel(owning: 4))
    while let (order, payload) = try? link.receive(PeerOrder.self, deadline: .max) {
      let (reply, frame) = stage.perform(order, payload)
      guard (try? link.send(reply, frame, deadline: .max)) != nil else { return }
    }
  }
}

private final class PeerStage {
  private let board: PeerBoard
  private let parcels: ByteChannel
  private var customer: LibraryCustomer?

  init(board: PeerBoard, parcels: consuming ByteChannel) {
    self.board = board
    self.parcels = parcels
  }

  func perform(_ order: PeerOrder, _ payload: Data) -> (PeerReply, Data?) {
    do throws(TransportError) {
      switch order {
      case .attach(let handover): customer = try attach(handover)
      case .detach: customer = nil
      case .read(let handover, let order): return (read(handover, order), nil)
      case .write(let handover, let order): return (write(handover, order), nil)
      case .damage(let order): return (PeerReply(text: DamageLoop.run(order)), nil)
      default: return try step(order, payload)
      }
      return (PeerReply(), nil)
    } catch {
      return (PeerReply(outcome: .failed, error: PortableError(error)), nil)
    }
  }

  private func attach(_ sent: SourceHandover) throws(TransportError) -> LibraryCustomer {
    var handover = sent
    handover.descriptors = try received(sent.descriptors.count)
    return LibraryCustomer(try Customer<Frame>(handover))
  }

  private func received(_ count: Int) throws(TransportError) -> [CInt] {
    do throws(SharedMemoryError) {
      return try parcels.takeDescriptors(limit: count)
    } catch {
      throw TransportError(.sharedMemory(error), error.description)
    }
  }

  private func read(_ handover: SourceHandover, _ order: ReadOrder) -> PeerReply {
    var report = ReadReport()
    do throws(TransportError) {
      Delay.sleep(order.delayNanoseconds)
      board.enter(.attaching)
      let customer = try attach(handover)
      report = ReadLoop.run(customer, order, board)
    } catch {
      report.finish = CodeName(error.code).rawValue
    }
    board.enter(.finished)
    return PeerReply(read: report)
  }

  private func write(_ sent: ProducerHandover, _ order: WriteOrder) -> PeerReply {
    board.enter(.attaching)
    var handover = sent
    do throws(TransportError) {
      handover.descriptors = try received(sent.descriptors.count)
      let report = WriteLoop.run(handover, order, board)
      board.enter(.finished)
      return PeerReply(write: report)
    } catch {
      return PeerReply(outcome: .failed, error: PortableError(error))
    }
  }

  private func step(_ order: PeerOrder, _ payload: Data) throws(TransportError)
    -> (PeerReply, Data?)
  {
    guard let customer else {
      throw TransportError(.invalidArgument, "no customer is attached; attach one first")
    }
    switch order {
    case .get(let limit): return try reply(customer.get(timeout: limit.timeout))
    case .wait(let limit):
      switch try customer.waitForItem(timeout: limit.timeout) {
      case .ready: return (PeerReply(outcome: .ready), nil)
      case .timedOut: return (PeerReply(outcome: .timedOut), nil)
      case .ended: return (PeerReply(outcome: .ended), nil)
      }
    case .next: customer.next()
    case .setDefault:
      customer.defaultItem = payload.isEmpty ? nil : try FrameParcel.frame(payload)
    default:
      let status = PeerReply.Status(
        count: customer.count, isEmpty: customer.isEmpty, isLast: customer.isLast,
        skippedCount: customer.skippedCount, droppedCount: customer.droppedCount)
      return (PeerReply(status: status), nil)
    }
    return (PeerReply(), nil)
  }

  private func reply(_ delivery: Delivery<Frame>) throws(TransportError) -> (PeerReply, Data?) {
    switch delivery {
    case .item(let frame): (PeerReply(outcome: .item), try FrameParcel.bytes(frame))
    case .byDefault(let frame): (PeerReply(outcome: .byDefault), try FrameParcel.bytes(frame))
    case .timedOut: (PeerReply(outcome: .timedOut), nil)
    case .ended: (PeerReply(outcome: .ended), nil)
    }
  }
}

/// Whole frames between a peer and the suite, by a serializer that keeps every bit.
enum FrameParcel {
  static func bytes(_ frame: Frame) throws(TransportError) -> Data {
    var buffer = EncodeBuffer()
    do throws(SerializationError) {
      try TensorSerializer().encode(frame, into: &buffer)
    } catch {
      throw TransportError(.serialization(error), error.description)
    }
    return buffer.withBytes { span in unsafe span.withUnsafeBytes { unsafe Data($0) } }
  }

  static func frame(_ data: Data) throws(TransportError) -> Frame {
    do throws(SerializationError) {
      return try TensorSerializer().decode(data.bytes)
    } catch {
      throw TransportError(.serialization(error), error.description)
    }
  }
}
