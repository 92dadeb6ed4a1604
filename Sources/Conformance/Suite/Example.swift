// SPDX-License-Identifier: Apache-2.0
public import Transport

/// One point of what a check is run for.
public struct Example: Hashable, Sendable, CustomStringConvertible {
  public let store: StoreKind
  /// Registered name of the serializer; the list store uses none.
  public let serializer: String
  /// Where the customers run.
  public let context: Context
  public let backpressure: Backpressure

  public init(
    store: StoreKind, serializer: String = "raw", context: Context = .sameProcess,
    backpressure: Backpressure = .block
  ) {
    self.store = store
    self.serializer = serializer
    self.context = context
    self.backpressure = backpressure
  }

  /// `shm/large/process/block`.
  public var description: String {
    let place = context == .sameProcess ? "thread" : "process"
    let bytes = store == .list ? "reference" : serializer
    return "\(store.rawValue)/\(bytes)/\(place)/\(backpressure.rawValue)"
  }
}

/// What a check is multiplied by; what it is not multiplied by has the first value.
public struct Axes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let serializer = Axes(rawValue: 1)
  public static let context = Axes(rawValue: 2)
  public static let backpressure = Axes(rawValue: 4)
  public static let all: Axes = [.serializer, .context, .backpressure]
}

/// What becomes of a put into a full ring; the suite's own word for each ``Backpressure``, so that
/// there is one place to teach it a new one.
enum WhenFull {
  case waits, dropsNewest, dropsOldest, fails

  init(_ backpressure: Backpressure) {
    switch backpressure {
    case .block: self = .waits
    case .dropNewest: self = .dropsNewest
    case .dropOldest: self = .dropsOldest
    case .fail: self = .fails
    }
  }

  /// How a put that does not wait comes out, while nobody borrows the oldest item.
  var outcome: PutOutcome {
    switch self {
    case .waits: .timedOut
    case .dropsNewest: .dropped
    case .dropsOldest: .published
    case .fails: .full
    }
  }
}
