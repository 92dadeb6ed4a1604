// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Topology

/// What the CPUs of the ends say. A polling end is busy whether it works or waits, so that only an end
/// that sleeps can show that the other one is the slower.
extension LimitRules {
  /// A CPU busier than this is full; the rest is starting and ending.
  static let fullCore = 0.9
  /// A CPU less busy than this waits for something.
  static let waitingCore = 0.85

  static func ends(_ evidence: CellEvidence, _ unavailable: inout [String]) -> Finding? {
    guard evidence.cell.load == .closed, evidence.cell.latency != .nothing else { return nil }
    guard let total = evidence.metrics.busyCores?.value else {
      unavailable.append("CPU time of the ends: it was not recorded")
      return nil
    }
    guard let seats = evidence.seats else {
      unavailable.append("how many CPUs the ends had: placement was not observed")
      return nil
    }
    let text = "\(Figures.text(total)) of \(seats) CPUs are busy"
    let isFull = total >= fullCore * Double(seats)
    if let (producer, customer) = evidence.busyPerEnd {
      if let finding = slowerEnd(producer: producer, customer: customer) { return finding }
    } else if !isFull {
      unavailable.append("which end waits: the run has the CPU time of all ends together (\(text))")
    }
    guard isFull else { return nil }
    if evidence.polls {
      unavailable.append("which end is the slower: both poll, which looks like work")
    }
    return work(evidence, busy: text)
  }

  private static func slowerEnd(producer: Double, customer: Double) -> Finding? {
    let shares =
      "a producer's CPU is \(CellEvidence.percent(producer)) busy, a customer's"
      + " \(CellEvidence.percent(customer))"
    if producer >= fullCore, customer < waitingCore {
      return Finding(
        .producerCPU, "producer CPU: \(shares)",
        remedy: "make putting cheaper: a serializer that copies less, lent items, batches")
    }
    guard customer >= fullCore, producer < waitingCore else { return nil }
    return Finding(
      .customerCPU, "customer CPU: \(shares)",
      remedy: "make receiving cheaper: a serializer that is read in place (`serializer: large`)")
  }

  /// Full CPUs and a roof far away leave the work on each message, by whatever end.
  private static func work(_ evidence: CellEvidence, busy: String) -> Finding? {
    guard let pace = evidence.pace else { return nil }
    let time = CellEvidence.time(pace.value)
    let roof = evidence.metrics.roof
    guard let share = roof?.share, let limit = roof?.limit else {
      return Finding(
        .processor, "work on each message: \(busy), and a message takes \(time)",
        remedy: evidence.workRemedy)
    }
    // Nearer to its roof than this, the roof's rule has said what matters.
    guard share < (limit.hasPrefix("memcpy") ? noticeableShare : boundShare) else { return nil }
    return Finding(
      .processor,
      "work on each message: \(busy); of the \(time) a message takes, \(limit) alone would take"
        + " \(CellEvidence.time(share * pace.value)), and the rest is what the ends do around it",
      remedy: evidence.workRemedy)
  }
}

extension CellEvidence {
  /// Cores that one producer and one customer kept busy; nil where ends were not told apart.
  var busyPerEnd: (producer: Double, customer: Double)? {
    let producers = Statistics.median(launches.compactMap(\.producerBusyCores))
    let customers = Statistics.median(launches.compactMap(\.customerBusyCores))
    guard let producers, let customers else { return nil }
    return (producers / Double(cell.producers), customers / Double(cell.customers))
  }

  /// What is lent is not copied; only shared memory lends.
  var copyRemedy: String {
    guard cell.store == "shm" else { return "use a store that copies less (`store: shm`)" }
    let sizes = runCell.summary.placement?.segmentPageSizes
    let small = sizes.map { $0.hugeBytes == 0 && $0.mappedBytes >= Segment.hugePageByteCount }
    return "lend the item and fill it in place (`workload: loaned`), "
      + (small == true
        ? "and try `pages: huge`: the segment has none"
        : "or keep what is in flight within the cache (`depth`, `segment_limit`)")
  }

  var workRemedy: String? {
    switch cell.store {
    case "shm" where cell.serializer == "raw" || cell.serializer == "large":
      "put several messages at a time (`workload: batched`)"
    case "shm": "use a serializer that copies less (`serializer: large`), or put several at a time"
    case "list", "null": nil
    default: "use a store that needs no system call for each message (`store: shm`)"
    }
  }
}
