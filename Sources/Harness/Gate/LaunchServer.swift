// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Topology

/// Makes launches for a gate, one after the other, until its input ends.
///
/// Signals from a terminal are the gate's business: it ends this process, and with it the workers.
public struct LaunchServer {
  private let launcher: Launcher
  private let catalog: Catalog
  private let build: BuildInfo
  private let backends: [String]

  /// - Parameter backends: what it tells of the stores that were loaded from files.
  public init(launcher: Launcher, catalog: Catalog, build: BuildInfo, backends: [String] = []) {
    self.backends = backends
    self.launcher = launcher
    self.catalog = catalog
    self.build = build
  }

  /// Serves standard input and output.
  /// - Throws: `LaunchError` when an answer cannot be written; nobody is there to read it then.
  public func serve() throws {
    try write(hello())
    while let line = readLine() {
      try write(answer(Data(line.utf8)))
    }
  }

  func hello() -> LaunchHello {
    LaunchHello(
      build: build, machineFingerprint: launcher.machine.fingerprint, cpus: Self.cpus,
      clockStep: launcher.clock.stepNanoseconds(),
      slowdownPercent: launcher.slowdownPercent == 0 ? nil : launcher.slowdownPercent,
      backends: backends.isEmpty ? nil : backends)
  }

  /// Every line has an answer, whatever it says.
  func answer(_ line: Data) -> LaunchReply {
    var reply = LaunchReply(cpus: Self.cpus)
    do {
      let request = try JSONDecoder().decode(LaunchRequest.self, from: line)
      if let cell = request.check {
        reply.id = cell.id
        reply.lacks = lack(cell)
      } else if let order = request.launch {
        reply.record = try record(order)
      } else {
        throw LaunchError(.protocolViolation, "neither a check nor a launch; speak weir-launch/1")
      }
    } catch let error as LaunchError {
      reply.failure = LaunchFailure(code: error.code.rawValue, message: error.description)
    } catch {
      reply.failure = LaunchFailure(
        code: LaunchError.Code.protocolViolation.rawValue, message: "unreadable: \(error)")
    }
    return reply
  }

  /// Why this build cannot measure a cell; nil when it can.
  private func lack(_ cell: Cell) -> String? {
    if let reason = catalog.skipReason(cell) { return reason }
    do throws(LaunchError) {
      let scenario = try launcher.book.scenario(for: cell)
      if case .unavailable(let reason) = try Seating.resolve(cell.placement, on: launcher.machine) {
        return reason
      }
      if launcher.slowdownPercent != 0, !scenario.canSlow(cell) {
        return "cannot be slowed on purpose; leave the cell out, or do not slow the build"
      }
      return nil
    } catch {
      return error.description
    }
  }

  private func record(_ order: LaunchOrder) throws -> LaunchRecord {
    guard
      case .seated(let seating) = try Seating.resolve(order.cell.placement, on: launcher.machine)
    else {
      throw LaunchError(.placement, "the machine no longer has the seats of \(order.cell.id)")
    }
    let outcome = try launcher.launch(
      order.cell, seating: seating, launch: order.launch, environmentPad: order.environmentPad,
      heapOffset: order.heapOffset, seed: order.seed)
    return LaunchRecord(cell: order.cell, launch: order.launch, outcome: outcome)
  }

  static var cpus: String { (try? CPUSet.ofCurrentThread().list) ?? "unknown" }

  private func write(_ value: some Encodable) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: try JSONLine.data(value))
    } catch {
      throw LaunchError(.aborted, "the gate no longer listens; start it again")
    }
  }
}
