// SPDX-License-Identifier: Apache-2.0

/// Everything a job may name, handed in by whoever knows the transports.
///
/// The harness itself knows no store, serializer, wait or workload: it checks names against this
/// value and skips, with a reason, what a backend cannot do.
public struct Catalog: Sendable {
  public var backends: [Backend]
  public var serializers: [Serializer]
  public var waits: [Wait]
  public var workloads: [Workload]
  public var placementPresets: [String]
  /// Used when a job names no placement, and for the parts that one leaves out.
  public var defaultPlacement: PlacementRequest
  public var defaultWait: String
  public var defaultWorkload: String

  /// - Precondition: the default wait and workload are among those listed.
  public init(
    backends: [Backend], serializers: [Serializer], waits: [Wait], workloads: [Workload],
    placementPresets: [String], defaultPlacement: PlacementRequest, defaultWait: String,
    defaultWorkload: String
  ) {
    precondition(waits.contains { $0.name == defaultWait }, "the default wait is listed")
    precondition(workloads.contains { $0.name == defaultWorkload }, "the default is listed")
    self.backends = backends
    self.serializers = serializers
    self.waits = waits
    self.workloads = workloads
    self.placementPresets = placementPresets
    self.defaultPlacement = defaultPlacement
    self.defaultWait = defaultWait
    self.defaultWorkload = defaultWorkload
  }

  public func backend(_ name: String) -> Backend? { backends.first { $0.name == name } }
  public func wait(_ name: String) -> Wait? { waits.first { $0.name == name } }
  public func workload(_ name: String) -> Workload? { workloads.first { $0.name == name } }
}

extension Catalog {
  /// How a value becomes bytes.
  public struct Serializer: Sendable, Equatable {
    public let name: String
    /// The size class it stands for: `small`, `medium`, `large`, or `raw` for none.
    public let sizeClass: String
    public let summary: String

    public init(name: String, sizeClass: String, summary: String = "") {
      self.name = name
      self.sizeClass = sizeClass
      self.summary = summary
    }
  }

  /// What an end does while it has nothing to do.
  public struct Wait: Sendable, Equatable {
    public let name: String
    /// Whether a busy pair still goes to sleep between messages, which a futex then bounds;
    /// false for spinning, and for spinning first, which a cache line bounds.
    public let sleepsBetweenMessages: Bool
    public let summary: String

    public init(name: String, sleepsBetweenMessages: Bool, summary: String = "") {
      self.name = name
      self.sleepsBetweenMessages = sleepsBetweenMessages
      self.summary = summary
    }
  }

  /// A traffic pattern.
  public struct Workload: Sendable, Equatable {
    public let name: String
    public let latency: LatencyKind
    public let summary: String
    /// Whether the sender writes every byte of a message; else nothing bounds it but the hand-over.
    public let writesPayloads: Bool
    /// Whether its messages can start on a schedule, as an open load has them.
    public let canBeOpen: Bool
    /// Whether its messages may pass through relays: they go one way, and nobody waits for each.
    public let canBeRelayed: Bool

    public init(
      name: String, latency: LatencyKind, summary: String = "", writesPayloads: Bool = true,
      canBeOpen: Bool = false, canBeRelayed: Bool = false
    ) {
      self.name = name
      self.latency = latency
      self.summary = summary
      self.writesPayloads = writesPayloads
      self.canBeOpen = canBeOpen
      self.canBeRelayed = canBeRelayed
    }
  }
}

/// What a latency in a table is.
public enum LatencyKind: String, CaseIterable, Codable, Sendable {
  /// Half a round trip.
  case halfRoundTrip = "rtt/2"
  /// One way, by a clock that both ends share.
  case oneWay = "one-way"
  /// What a send costs its sender, while there is room.
  case perSend = "send"
  /// What a get costs a receiver for whom there is something.
  case perGet = "get"
  /// Nothing moves.
  case nothing = "none"
}
