// SPDX-License-Identifier: Apache-2.0
public import Harness
internal import Serialization
internal import SharedMemory
public import Topology

/// Everything Weir can measure: the meeting point of harness and transports.
public enum WeirScenarios {
  /// The scenarios that harness and workers share.
  public static let book = ScenarioBook(
    [
      TransportScenario(), ListScenario(), NullScenario(), PeerScenario(),
      // Known to workers, and to no catalog of a user's job.
      SelfTestScenario(stall: SelfTestForm.full.stall, ledger: .init()),
    ],
    choose: { cell in
      switch cell.store {
      case "list": "list"
      case "null": "null"
      case let store where PeerKind(rawValue: store) != nil: "peer"
      default: "transport"
      }
    })

  /// What a job may name, and where its ends sit unless it says otherwise.
  public static func catalog(machine: Machine) -> Catalog {
    Catalog(
      backends: [list, queue, shm, null] + PeerKind.backends,
      serializers: serializers,
      waits: [
        .init(name: "spin", sleepsBetweenMessages: false, summary: "poll; burns a core"),
        .init(name: "spin-park", sleepsBetweenMessages: false, summary: "poll, then sleep"),
        .init(name: "park", sleepsBetweenMessages: true, summary: "sleep in the kernel at once"),
      ],
      workloads: [
        .init(
          name: "stream", latency: .oneWay,
          summary: "one way, as fast as it goes, or on the schedule of an open load",
          canBeOpen: true),
        .init(
          name: "batched", latency: .oneWay,
          summary: "as stream, put 16 at a time"),
        .init(
          name: "loaned", latency: .oneWay,
          summary: "as stream, room lent and only stamped, as if a device filled it",
          writesPayloads: false),
        .init(
          name: "pingpong", latency: .halfRoundTrip,
          summary: "one message to and fro, half the round trip recorded"),
        .init(
          name: "burst", latency: .perSend,
          summary: "a ringful at once, then all wait; the producer's time per message"),
        .init(
          name: "latest", latency: .perGet,
          summary: "a ringful is put, the customer gets the newest of it; the customer's time"),
        .init(
          name: "idle", latency: .nothing, summary: "both ends wait; the cores that takes"),
        .init(
          name: "pipeline", latency: .oneWay,
          summary: "camera, filter and writer in a chain, as fast as it goes"),
      ],
      placementPresets: PlacementPreset.allCases.map(\.rawValue),
      defaultPlacement: defaultPlacement(machine), defaultWait: "spin-park",
      defaultWorkload: "stream")
  }

  /// Two cores where there are two, else one CPU for both ends.
  private static func defaultPlacement(_ machine: Machine) -> PlacementRequest {
    machine.cores.count > 1
      ? .parts(producer: "core:0", customer: "core:1", segment: "producer")
      : .parts(producer: "pu:0", customer: "pu:0", segment: "producer")
  }

  private static let waits = ["spin", "spin-park", "park"]
  private static let workloads = ["stream", "pingpong", "burst", "latest", "idle"]
  private static let chained = workloads + ["pipeline"]
  private static let frameSerializers = [
    "small", "medium", "large", "plist", "json", "protobuf", "tensor",
  ]

  private static let serializers: [Catalog.Serializer] = [
    .init(name: "small", sizeClass: "small", summary: "any Codable value: binary property list"),
    .init(name: "medium", sizeClass: "medium", summary: "arrays and records: Protocol Buffers"),
    .init(
      name: "large", sizeClass: "large", summary: "arrays of any size: flat tensor, read in place"),
    .init(name: "plist", sizeClass: "small", summary: "binary property list"),
    .init(name: "json", sizeClass: "small", summary: "JSON with base64 payload"),
    .init(name: "protobuf", sizeClass: "medium", summary: "Protocol Buffers"),
    .init(name: "tensor", sizeClass: "large", summary: "flat header and aligned bytes"),
    .init(name: "raw", sizeClass: "raw", summary: "payload bytes alone, for measuring a store"),
  ]

  private static var list: Catalog.Backend {
    var backend = Catalog.Backend(
      name: "list", capabilities: [.sameProcess, .byReference, .zeroCopyRead, .zeroCopyWrite],
      waits: waits, serializers: frameSerializers, workloads: workloads)
    backend.summary = "same process, two threads, by reference"
    backend.maximumCustomers = 64
    backend.backpressures = [.block, .dropNewest, .dropOldest]
    backend.loads = ["closed", "open"]
    backend.takesMixedSizes = true
    backend.reasons[.serializer] = "passes references; raw bytes need a store between processes"
    return backend
  }

  private static var queue: Catalog.Backend {
    var backend = Catalog.Backend(
      name: "queue", capabilities: [.crossProcess], waits: waits, serializers: frameSerializers,
      workloads: chained)
    backend.summary = "other process, encoded on request, Unix stream socket"
    backend.maximumCustomers = 64
    backend.backpressures = [.block, .dropNewest, .dropOldest]
    backend.loads = ["closed", "open"]
    backend.takesMixedSizes = true
    backend.reasons[.serializer] = "carries frames; raw bytes need the shm store"
    return backend
  }

  private static var shm: Catalog.Backend {
    var backend = Catalog.Backend(
      name: "shm", capabilities: [.crossProcess, .zeroCopyRead, .zeroCopyWrite], waits: waits,
      serializers: frameSerializers + ["raw"], workloads: chained + ["batched", "loaned"])
    backend.summary = "other process, one copy into shared memory, read in place"
    // As many as a job may ask for; a ring has room for more.
    backend.maximumCustomers = 1024
    backend.backpressures = [.block, .dropNewest, .dropOldest]
    backend.loads = ["closed", "open"]
    backend.takesMixedSizes = true
    backend.pages = SegmentPages.allCases
    return backend
  }

  private static var null: Catalog.Backend {
    var backend = Catalog.Backend(
      name: "null", capabilities: [.null, .sameProcess], waits: waits,
      serializers: frameSerializers + ["raw"], workloads: ["stream", "pingpong"])
    backend.summary = "moves nothing: the harness's own cost"
    return backend
  }
}
