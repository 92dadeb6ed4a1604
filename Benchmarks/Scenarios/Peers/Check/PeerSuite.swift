// SPDX-License-Identifier: Apache-2.0
public import Conformance
internal import Harness

/// The checks of what Weir's stores are compared with: each peer must do what it declares, or its numbers
/// say nothing.
public struct PeerSuite: Sendable {
  let cast: any PeerCast
  let seed: UInt64

  /// - Parameters:
  ///   - program: plays the ends that are in processes of their own.
  ///   - seed: of every random choice.
  public init(program: PeerProgram, seed: UInt64 = 1) {
    self.init(cast: TruePeers(program: program), seed: seed)
  }

  init(cast: any PeerCast, seed: UInt64) {
    self.cast = cast
    self.seed = seed
  }

  /// The names of all peers, whether or not they are here.
  public static var peers: [String] { PeerKind.allCases.map(\.rawValue) }

  /// Every check, in the order in which they are run, and how often it is run for a peer.
  public static var checks: [ListedCheck] {
    PeerChecks.all.map { check in
      ListedCheck(
        id: check.id, statement: check.statement,
        cases: Dictionary(
          uniqueKeysWithValues: PeerKind.allCases.map {
            ($0.rawValue, check.examples(of: $0).count)
          }
        ))
    }
  }

  /// What tries a check on every example of a peer, up to the first violation; nil when there is no
  /// such check or peer.
  public func check(_ id: String, on peer: String) -> (() -> Finding)? {
    guard let check = PeerChecks.all.first(where: { $0.id == id }),
      let kind = PeerKind(rawValue: peer)
    else { return nil }
    return { run(check, on: kind) }
  }

  func run(_ check: PeerCheck, on kind: PeerKind) -> Finding {
    Finding(
      check: check.id, statement: check.statement, store: kind.rawValue,
      exemption: check.exemption(kind) ?? kind.backend.unavailable, of: check.examples(of: kind)
    ) { terms in
      let trial = PeerTrial(terms: terms, seed: seed, cast: cast)
      return Watchdog.violation(
        within: Self.patienceSeconds, { trial.violation($0, $1) },
        { () throws(Violation) in try check.body(trial) })
    }
  }

  /// Time after which a run hangs.
  private static let patienceSeconds: Int64 = 60
}

extension PeerTerms: CustomStringConvertible {
  /// `pipe/64B/depth 8/park`.
  var description: String {
    "\(kind.rawValue)/\(byteCount)B/depth \(depth)/\(wait)"
  }
}
