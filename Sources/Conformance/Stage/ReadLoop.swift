// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// How a customer reads on its own.
struct ReadOrder: Codable, Sendable {
  /// Items after which it stops; nil for the end of the stream.
  var limit: Int? = nil
  /// Waits that long before it attaches.
  var delayNanoseconds: Int64 = 0
  /// Pauses that long after each so-many items; 0 never.
  var pauseNanoseconds: Int64 = 0
  var pauseEvery: Int = 0
  /// Whether items may be passed over or taken away: then their numbers only rise.
  var mayMiss = false
}

/// What it got.
struct ReadReport: Codable, Sendable, Equatable {
  var first: Int?
  var count = 0
  /// Items that were passed over or taken away, by the customer's own counts.
  var missed = 0
  /// The newest item.
  var last: Int?
  /// The first thing that was wrong.
  var problem: String?
  /// `ended`, `limit`, `timedOut` or the code of the error that ended it.
  var finish = ""

  /// One line for a violation.
  var summary: String {
    let range = first.map { "\(count) items from \($0)" } ?? "no item"
    let gaps = missed > 0 ? ", \(missed) missed" : ""
    return "\(range)\(gaps), finish \(finish)" + (problem.map { ", \($0)" } ?? "")
  }
}

/// Reads all items in order, each verified, the same way in a thread and in another process.
enum ReadLoop {
  /// Longer than any stall of a busy machine.
  static let patience = Timeout.after(nanoseconds: 20_000_000_000)

  static func run(_ end: any CustomerEnd, _ order: ReadOrder, _ note: PeerBoard? = nil)
    -> ReadReport
  {
    var report = ReadReport()
    while report.finish.isEmpty {
      if let limit = order.limit, report.count >= limit {
        report.finish = "limit"
        break
      }
      note?.enter(report.count == 0 ? .firstItem : end.count == 0 ? .waiting : .working)
      step(end, order, note, &report)
    }
    report.missed = end.skippedCount + end.droppedCount
    return report
  }

  private static func enter(_ number: Int?, _ order: ReadOrder, _ report: inout ReadReport) {
    let due = report.last.map { $0 + 1 }
    let isRight = number.map { $0 == due ?? $0 || order.mayMiss && $0 >= due ?? 0 } ?? false
    if !isRight {
      let found = number.map { "item \($0)" } ?? "damaged bytes"
      report.problem = report.problem ?? "\(found) where \(due ?? 0) was due"
    }
    report.first = report.first ?? number
    report.last = number
    report.count += 1
  }

  private static func step(
    _ end: any CustomerEnd, _ order: ReadOrder, _ note: PeerBoard?, _ report: inout ReadReport
  ) {
    do throws(TransportError) {
      switch try end.get(timeout: patience) {
      case .item(let frame), .byDefault(let frame):
        note?.enter(.working)
        let number = Specimen.number(of: frame)
        enter(number, order, &report)
        note?.count(report.count)
        if order.pauseEvery > 0, report.count % order.pauseEvery == 0 {
          note?.enter(.pausing)
          Delay.sleep(order.pauseNanoseconds)
        }
        end.next()
      case .timedOut: report.finish = "timedOut"
      case .ended:
        note?.enter(.ending)
        report.finish = "ended"
        guard case .ended = try end.get(timeout: patience) else {
          report.problem = report.problem ?? "the end was not repeated"
          return
        }
      }
    } catch {
      report.finish = CodeName(error.code).rawValue
    }
  }
}
