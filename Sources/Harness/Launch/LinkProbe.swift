// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import SharedMemory
internal import Synchronization
internal import Topology

/// Reads how far apart two seats are at this moment, with two threads of the harness's own.
///
/// Workers are not involved, so the launches of every scenario are bracketed alike; they sleep, or
/// are gone, while a reading is taken.
struct LinkProbe: Sendable {
  let machine: Machine
  let clock: MeasurementClock

  /// Long enough for a median, short beside a launch.
  private static let duration = Nanoseconds(200_000)

  /// What the answering thread says before it answers, in the exchange's segment.
  private enum Readiness: UInt32 {
    case unknown, bound, unbound
    static let offset = 1024
  }

  /// The pair that a reading is about; nil when the seats share a CPU and nothing lies between.
  static func cpus(_ seating: Seating) -> [Int]? {
    let (producer, customer) = (seating.producer.cpuset, seating.customer.cpuset)
    guard producer.isDisjoint(with: customer), let first = producer.first,
      let second = customer.first
    else { return nil }
    return [first, second]
  }

  /// Half a round trip of a cache line in nanoseconds; nil when the seats share a CPU, or the
  /// threads cannot be made or bound here.
  func halfRoundTrip(_ seating: Seating) -> Double? {
    guard Self.cpus(seating) != nil,
      let segment = try? Segment.create(byteCount: BarePingPong.byteCount, label: "link"),
      (try? segment.populate(.forWriting)) != nil
    else { return nil }
    let exchange = BarePingPong(segment: segment, read: -1, write: -1, clock: clock)
    let median = MedianBox()
    let machine = machine
    let answering = try? NativeThread {
      let isBound = (try? machine.bindCurrentThread(to: seating.customer)) != nil
      let readiness = isBound ? Readiness.bound : .unbound
      segment.uint32(at: Readiness.offset).storeRelease(readiness.rawValue)
      if isBound { exchange.answer(.cacheline) }
    }
    guard let answering else { return nil }
    let asking = try? NativeThread {
      let isBound = (try? machine.bindCurrentThread(to: seating.producer)) != nil
      median.set(Self.ask(exchange, segment, isBound: isBound))
    }
    guard let asking else {
      Self.dismiss(exchange, segment)
      answering.join()
      return nil
    }
    asking.join()
    answering.join()
    return median.value
  }

  private static func ask(
    _ exchange: BarePingPong, _ segment: Segment, isBound: Bool
  ) -> Double? {
    guard isBound else {
      dismiss(exchange, segment)
      return nil
    }
    guard awaitReadiness(segment) == .bound else { return nil }
    let pairs = LatencyHistogram.Pair.list(exchange.ask(.cacheline, for: duration))
    return LatencyMetrics(kind: .halfRoundTrip, launches: [pairs])?.p50.merged
  }

  /// Lets the answering thread go without having asked.
  private static func dismiss(_ exchange: BarePingPong, _ segment: Segment) {
    if awaitReadiness(segment) == .bound { exchange.finish(.cacheline) }
  }

  private static func awaitReadiness(_ segment: Segment) -> Readiness {
    let word = segment.uint32(at: Readiness.offset)
    while word.loadAcquire() == Readiness.unknown.rawValue { _ = weir_yield() }
    return Readiness(rawValue: word.loadAcquire()) ?? .unbound
  }

  private final class MedianBox: Sendable {
    private let kept = Mutex<Double?>(nil)
    var value: Double? { kept.withLock { $0 } }
    func set(_ value: Double?) { kept.withLock { $0 = value } }
  }
}
