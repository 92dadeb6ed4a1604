// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Transport

/// Who is killed.
public enum CrashVictim: String, Sendable, CaseIterable, Codable {
  case producer, customer
}

/// One trial, drawn from a seed and the trial's number: everything but the machine's timing.
struct CrashPlan: Sendable {
  let store: StoreKind
  let victim: CrashVictim
  /// Whether the delay begins with the victim's first sign of life, not with the orders.
  let waitsForSign: Bool
  /// To the kill.
  let delayNanoseconds: Int64
  let producer: ProducerConfiguration
  let sources: [SourceConfiguration]
  let write: WriteOrder
  let reads: [ReadOrder]

  static let customerCount = 2
  private static let byteCounts: [Int?] = [8, 48, 112, 300, 5000, nil]
  private static let counts = [1, 5, 40, 300, 1000]
  private static let serializers = ["raw", "raw", "small", "medium", "large"]
  private static let strategies = [Strategy.all, .all, .all, .latest, .skip(count: 2)]
  private static let waits = [WaitStrategy.standard, .park, .spinThenPark(spins: 100)]

  init(store: StoreKind, victim: CrashVictim? = nil, seed: UInt64, trial: Int) {
    var random = SeededRandom(seed: seed, part: UInt64(trial))
    self.store = store
    self.victim = victim ?? (random.oneIn(2) ? .producer : .customer)
    // Three scales, so that the first microseconds get as many kills as the milliseconds.
    let longest = random.pick([150_000, 700_000, 3_000_000])
    delayNanoseconds = Int64(random.number(0...longest))
    // The rest is killed wherever it is between the order and the first item, or before the order.
    waitsForSign = !random.oneIn(4)
    let dropsOldest = random.oneIn(4)
    let capacity = random.pick([1, 2, 7, 64])
    producer = ProducerConfiguration(
      capacity: capacity,
      arenaByteCount: ProducerConfiguration.arenaByteCount(
        depth: capacity + 1, itemByteCount: 8000),
      customerLimit: 4, backpressure: dropsOldest ? .dropOldest : .block,
      wait: random.pick(Self.waits))
    let serializer = random.pick(Self.serializers)
    var sources: [SourceConfiguration] = []
    var reads: [ReadOrder] = []
    for _ in 0..<Self.customerCount {
      let strategy = random.pick(Self.strategies)
      sources.append(
        SourceConfiguration(
          store: store, serializer: serializer, strategy: strategy, wait: random.pick(Self.waits)))
      var read = ReadOrder()
      read.mayMiss = dropsOldest || strategy != .all
      if random.oneIn(3) {
        read.pauseEvery = random.number(1...8)
        read.pauseNanoseconds = Int64(random.number(1_000...60_000))
      }
      reads.append(read)
    }
    self.sources = sources
    self.reads = reads
    var write = WriteOrder(count: random.pick(Self.counts), byteCount: random.pick(Self.byteCounts))
    write.mayDrop = dropsOldest
    if random.oneIn(3) {
      write.pauseEvery = random.number(1...8)
      write.pauseNanoseconds = Int64(random.number(1_000...60_000))
    }
    self.write = write
  }
}
