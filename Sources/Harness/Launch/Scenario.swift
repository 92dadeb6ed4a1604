// SPDX-License-Identifier: Apache-2.0
public import Topology

/// A traffic pattern over some transport: what is prepared for a launch, and what each worker does.
///
/// This is all the harness knows of a transport. `stage` runs in the harness, before the workers
/// exist; `perform` runs in each worker.
public protocol Scenario: Sendable {
  /// The name by which a worker finds its scenario; unique in a ``ScenarioBook``.
  var name: String { get }
  /// Makes what the workers share (segments, channels) and says which workers there are.
  func stage(_ cell: Cell, seating: Seating, machine: Machine) throws -> Staging
  /// Plays one worker's part. Returns its report; throws when it cannot go on.
  func perform(_ session: WorkerSession) throws -> WorkerReport
  /// Whether its workers can slow a cell by a known share; false by default.
  func canSlow(_ cell: Cell) -> Bool
}

extension Scenario {
  public func canSlow(_ cell: Cell) -> Bool { false }
}

/// The workers of one launch, and what must stay open until they run.
public struct Staging {
  public var workers: [StagedWorker]
  /// Owners of the descriptors that workers inherit; let go once they run.
  public var keepers: [Any]

  public init(workers: [StagedWorker], keepers: [Any] = []) {
    self.workers = workers
    self.keepers = keepers
  }
}

/// One worker process to start.
public struct StagedWorker: Sendable {
  public var role: String
  /// CPUs the process may use from its first instruction on.
  public var cpus: CPUSet
  /// Instructions for the role, as JSON text.
  public var details: String
  /// Descriptors to inherit, in order.
  public var descriptors: [CInt]
  /// Threads that are at work at the same time.
  public var threads: Int

  public init(
    role: String, cpus: CPUSet, details: String = "{}", descriptors: [CInt] = [], threads: Int = 1
  ) {
    self.threads = threads
    self.role = role
    self.cpus = cpus
    self.details = details
    self.descriptors = descriptors
  }
}

/// All scenarios that a program knows, for the harness to stage and its workers to perform.
public struct ScenarioBook: Sendable {
  private let scenarios: [String: any Scenario]
  private let choose: @Sendable (Cell) -> String

  /// - Parameter choose: the name of the scenario that measures a cell.
  public init(_ scenarios: [any Scenario], choose: @escaping @Sendable (Cell) -> String) {
    let all: [any Scenario] = scenarios + [RooflineScenario()]
    self.scenarios = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    self.choose = choose
  }

  public func scenario(for cell: Cell) throws(LaunchError) -> any Scenario {
    try scenario(named: cell.workload == RooflineScenario.name ? cell.workload : choose(cell))
  }

  public func scenario(named name: String) throws(LaunchError) -> any Scenario {
    guard let scenario = scenarios[name] else {
      throw LaunchError(
        .protocolViolation,
        "this build has no scenario `\(name)`; it has \(scenarios.keys.sorted().joined(separator: ", "))"
      )
    }
    return scenario
  }
}
