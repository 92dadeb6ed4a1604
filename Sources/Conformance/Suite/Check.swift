// SPDX-License-Identifier: Apache-2.0
public import Transport

/// One property of a store, and how to look for its violation.
public struct Check: Sendable {
  /// Lower-case words joined by `-`.
  public let id: String
  /// The property, in one line.
  public let statement: String
  public let axes: Axes
  /// Why the check does not apply to a store; nil when it does.
  public let exemption: @Sendable (StoreKind) -> String?
  /// The contexts that it can be run in.
  let contexts: [Context]
  /// The serializers in place of the usual ones.
  let serializers: [String]?
  /// What the axis of that name stands for.
  let backpressures: [Backpressure]
  /// Time after which a run hangs.
  let patienceSeconds: Int64
  let body: @Sendable (Stage) throws(Violation) -> Void

  init(
    _ id: String, _ statement: String, axes: Axes = .all, contexts: [Context] = Self.everyContext,
    serializers: [String]? = nil, backpressures: [Backpressure] = Self.keeping,
    patienceSeconds: Int64 = 60,
    exemption: @escaping @Sendable (StoreKind) -> String? = { _ in nil },
    _ body: @escaping @Sendable (Stage) throws(Violation) -> Void
  ) {
    self.id = id
    self.statement = statement
    self.axes = axes
    self.contexts = contexts
    self.serializers = serializers
    self.backpressures = backpressures
    self.patienceSeconds = patienceSeconds
    self.exemption = exemption
    self.body = body
  }

  /// Those under which a customer gets every item that was published.
  static let keeping = Backpressure.allCases.filter { $0 != .dropOldest }
  static let everyContext: [Context] = [.sameProcess, .otherProcess]

  /// What the check is run for in one store; empty when it does not apply.
  public func examples(of store: StoreKind) -> [Example] {
    guard exemption(store) == nil else { return [] }
    let names = serializers ?? ["raw", "small", "medium", "large"]
    let byName = axes.contains(.serializer) && store != .list ? names : [names[0]]
    // Items of a list never leave the process.
    let possible = store == .list ? contexts.filter { $0 == .sameProcess } : contexts
    let places = axes.contains(.context) ? possible : Array(possible.prefix(1))
    let pressures = axes.contains(.backpressure) ? backpressures : [backpressures[0]]
    return places.flatMap { context in
      pressures.flatMap { pressure in
        byName.map {
          Example(store: store, serializer: $0, context: context, backpressure: pressure)
        }
      }
    }
  }

  static func otherProcessOnly(_ store: StoreKind) -> String? {
    store == .list ? "its items never leave the process" : nil
  }
}
