// SPDX-License-Identifier: Apache-2.0
internal import Conformance
internal import Harness
internal import Scenarios
internal import Transport

/// Which suite checks which store: one for Weir's own, and one for what they are compared with.
struct CheckPlan {
  static let stores = StoreKind.allCases.map(\.rawValue)

  let chosen: [String]
  private let pool: PeerPool
  private let own: SuiteRun
  private let peers: PeerSuite

  init(stores: [String], seed: UInt64, isHuge: Bool) {
    chosen = stores
    pool = CheckPeerCommand.pool()
    own = SuiteRun(peers: pool, effort: Effort(isHuge: isHuge), seed: seed)
    peers = PeerSuite(program: CheckEndCommand.program, seed: seed)
  }

  /// Lets go of the processes that played parts.
  func close() { pool.close() }

  /// The checks of the chosen stores, or those of them that a glob matches.
  func checks(matching globs: [String]) throws -> [ListedCheck] {
    let known =
      Suite.listed.filter { _ in chosen.contains(where: Self.stores.contains) }
      + PeerSuite.checks.filter { _ in chosen.contains(where: PeerSuite.peers.contains) }
    guard !globs.isEmpty else { return known }
    let matching = known.filter { check in globs.contains { Glob($0).matches(check.id) } }
    guard !matching.isEmpty else {
      throw CommandError(
        .usage,
        "no check matches --only \(globs.joined(separator: " ")); list the ids with "
          + "`weir check --list`")
    }
    return matching
  }

  /// One check on one store.
  struct Step {
    let store: String
    let check: String
    let run: () -> Finding
  }

  func steps(_ checks: [ListedCheck]) -> [Step] {
    chosen.flatMap { store in checks.compactMap { step($0.id, store) } }
  }

  private func step(_ id: String, _ store: String) -> Step? {
    if let kind = StoreKind(rawValue: store) {
      guard let check = Suite.checks.first(where: { $0.id == id }) else { return nil }
      return Step(store: store, check: id) { own.run(check, on: kind) }
    }
    guard let run = peers.check(id, on: store) else { return nil }
    return Step(store: store, check: id, run: run)
  }
}
