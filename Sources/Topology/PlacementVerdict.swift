// SPDX-License-Identifier: Apache-2.0

/// Whether a placement that was asked for is the one that was observed.
public enum PlacementVerdict: Hashable, Sendable, CustomStringConvertible {
  case verified
  /// Observed is not what was asked; a measurement made so is invalid.
  case mismatch(String)
  /// It cannot be told; never to be read as verified.
  case unavailable(String)

  public var isVerified: Bool { self == .verified }

  /// The reason; nil when verified.
  public var reason: String? {
    switch self {
    case .verified: nil
    case .mismatch(let reason), .unavailable(let reason): reason
    }
  }

  public var description: String {
    switch self {
    case .verified: "verified"
    case .mismatch(let reason): "mismatch: \(reason)"
    case .unavailable(let reason): "unavailable: \(reason)"
    }
  }

  /// The worst of several: a mismatch before what cannot be told, before verified.
  public static func worst(_ verdicts: [PlacementVerdict]) -> PlacementVerdict {
    for case .mismatch(let reason) in verdicts { return .mismatch(reason) }
    for case .unavailable(let reason) in verdicts { return .unavailable(reason) }
    return verdicts.isEmpty ? .unavailable("nothing was observed") : .verified
  }

  /// Compares where a thread ran, by ``CurrentCPU``, to where it was to run.
  public static func cpus(requested: CPUSet, observed: CPUSet) -> PlacementVerdict {
    guard !observed.isEmpty else { return .unavailable("no CPU was observed") }
    let strays = observed.subtracting(requested)
    guard strays.isEmpty else {
      return .mismatch("ran on CPU \(strays), asked for CPU \(requested)")
    }
    return .verified
  }

  /// Compares the affinity read back to the one that was set: they must be equal.
  public static func affinity(requested: CPUSet, observed: CPUSet) -> PlacementVerdict {
    guard observed == requested else {
      return .mismatch("affinity is CPU \(observed), asked for CPU \(requested)")
    }
    return .verified
  }

  /// Compares a census to the binding; first touch asks for no node and so cannot be told.
  public static func memory(requested: MemoryBinding, census: PageCensus) -> PlacementVerdict {
    guard requested.policy != .firstTouch else {
      return .unavailable("first-touch asks for no node; pages lie on node \(census.nodes)")
    }
    let strays = census.nodes.subtracting(requested.nodes)
    guard strays.isEmpty else {
      let count = strays.reduce(0) { $0 + (census.pagesByNode[$1] ?? 0) }
      return .mismatch(
        "\(count) of \(census.sampledPages) pages lie on node \(strays), asked for node "
          + "\(requested.nodes)")
    }
    let unseen = census.notPresentPages + census.failedPagesByErrno.values.reduce(0, +)
    guard unseen == 0 else {
      return .unavailable(
        "\(unseen) of \(census.sampledPages) pages are not present here; touch the range in this "
          + "process first")
    }
    return requested.policy == .interleave ? spread(requested.nodes, census) : .verified
  }

  /// A share is even within rounding for base pages, but coarse for huge ones (512 base pages
  /// each): only a node left out of a range with room for many turns is a mismatch.
  private static func spread(_ nodes: NodeSet, _ census: PageCensus) -> PlacementVerdict {
    let turns = 16 * 512
    let missing = nodes.subtracting(census.nodes)
    guard !missing.isEmpty else { return .verified }
    guard census.totalPages >= turns * nodes.count else {
      return .unavailable(
        "node \(missing) has no page, but \(census.totalPages) pages are too few to tell")
    }
    return .mismatch("node \(missing) has no page, asked to interleave over node \(nodes)")
  }
}

extension Machine {
  /// Binds nothing: counts the pages of a touched range and compares them to a binding.
  ///
  /// What the kernel refuses to tell, and any described machine, is `unavailable`. For parameters
  /// see ``PageCensus/init(of:byteCount:sampleLimit:)``.
  public func verifyMemory(
    at base: UnsafeRawPointer, byteCount: Int, against binding: MemoryBinding
  ) -> PlacementVerdict {
    guard isThisSystem else { return .unavailable("this is a described machine (\(origin))") }
    do {
      let census = try unsafe PageCensus(of: base, byteCount: byteCount)
      return .memory(requested: binding, census: census)
    } catch {
      return .unavailable(error.description)
    }
  }

  /// Compares the calling thread's affinity and present CPU to a seat.
  public func verifyCurrentThread(against seat: Seat) -> PlacementVerdict {
    guard isThisSystem else { return .unavailable("this is a described machine (\(origin))") }
    do {
      let observed = try CPUSet([CurrentCPU.now().cpu])
      return .worst([
        .affinity(requested: seat.cpuset, observed: try CPUSet.ofCurrentThread()),
        .cpus(requested: seat.cpuset, observed: observed),
      ])
    } catch {
      return .unavailable(error.description)
    }
  }
}
