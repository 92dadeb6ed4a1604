// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// How a producer in another process puts on its own.
struct WriteOrder: Codable, Sendable {
  var count: Int
  /// Size of every item; nil for the usual mixture.
  var byteCount: Int? = nil
  var pauseNanoseconds: Int64 = 0
  var pauseEvery: Int = 0
  /// Whether an item may be dropped for lack of room.
  var mayDrop = false
}

/// What became of it.
struct WriteReport: Codable, Sendable, Equatable {
  var published = 0
  var evicted = 0
  var isDrained = false
  var problem: String?
}

enum WriteLoop {
  static func run(_ handover: ProducerHandover, _ order: WriteOrder, _ board: PeerBoard)
    -> WriteReport
  {
    var report = WriteReport()
    do throws(TransportError) {
      var producer = try Producer<Frame>.attach(handover)
      for number in 0..<order.count {
        board.enter(number == 0 ? .firstItem : producer.isFull ? .waiting : .working)
        board.begin(number + 1)
        let frame = Specimen.frame(number, byteCount: order.byteCount)
        let result = try producer.put(frame, timeout: ReadLoop.patience)
        if order.mayDrop, result == .dropped { continue }
        guard result == .published else {
          report.problem = "put \(number) came out as \(result)"
          return report
        }
        report.published += 1
        board.count(report.published)
        if order.pauseEvery > 0, report.published % order.pauseEvery == 0 {
          board.enter(.pausing)
          Delay.sleep(order.pauseNanoseconds)
        }
      }
      board.enter(.ending)
      producer.end()
      report.isDrained = producer.drain(timeout: ReadLoop.patience)
      report.evicted = producer.evictedCount
    } catch {
      report.problem = "\(CodeName(error.code)): \(error)"
    }
    return report
  }
}
