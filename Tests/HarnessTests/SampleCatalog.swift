// SPDX-License-Identifier: Apache-2.0
import Harness
import SharedMemory

extension Catalog {
  /// Backends like the real ones: one by reference, one through the kernel, one shared, one peer.
  static let sample: Catalog = {
    let all = ["small", "medium", "large"]
    let both = ["stream", "pingpong"]
    let waits = ["park", "spin"]
    var list = Backend(
      name: "list", capabilities: [.sameProcess, .byReference], waits: waits, serializers: all,
      workloads: both)
    list.backpressures = [.block, .dropNewest]
    list.maximumDepth = 1024
    list.reasons[.customers] = "hands its items to one customer"
    var queue = Backend(
      name: "queue", capabilities: [.crossProcess], waits: ["park"],
      serializers: ["small", "medium"], workloads: both)
    queue.maximumMessage = ByteCount(1 << 20)
    queue.reasons[.serializer] = "a kernel channel cannot hold a view"
    var shm = Backend(
      name: "shm", capabilities: [.crossProcess, .zeroCopyRead], waits: waits, serializers: all,
      workloads: both)
    shm.backpressures = Backpressure.allCases
    shm.pages = SegmentPages.allCases
    shm.replicas = Replicas.allCases
    shm.loads = ["closed", "open"]
    shm.maximumCustomers = 8
    var aeron = Backend(
      name: "aeron", capabilities: [.crossProcess, .peer], waits: ["spin"], serializers: ["large"],
      workloads: both)
    aeron.unavailable = "its library is not installed"
    let null = Backend(
      name: "null", capabilities: [.null], waits: waits, serializers: all, workloads: both)
    return Catalog(
      backends: [list, queue, shm, aeron, null],
      serializers: all.map { .init(name: $0, sizeClass: $0) },
      waits: [
        .init(name: "park", sleepsBetweenMessages: true),
        .init(name: "spin", sleepsBetweenMessages: false),
      ],
      workloads: [
        .init(name: "stream", latency: .oneWay, canBeOpen: true, canBeRelayed: true),
        .init(name: "pingpong", latency: .halfRoundTrip),
      ],
      placementPresets: ["same-core", "same-l3"],
      defaultPlacement: .parts(producer: "core:0", customer: "core:1", segment: "producer"),
      defaultWait: "park", defaultWorkload: "stream")
  }()
}

/// Reads a job the way a command would.
func job(_ yaml: String, _ overrides: [String] = []) throws -> Job {
  try Job(
    yaml: yaml, source: "job.yaml", catalog: .sample, overrides: JobOverrides(parsing: overrides))
}

/// The error of a job, as its one line.
func complaint(_ yaml: String, _ overrides: [String] = []) -> String? {
  do {
    _ = try Plan(job(yaml, overrides), catalog: .sample)
    return nil
  } catch { return "\(error)" }
}

/// The smallest job, with more keys after it.
func minimal(_ more: String = "") -> String {
  "schema: 1\naxes: { store: [shm], serializer: [large], size: [64B] }\n\(more)"
}
