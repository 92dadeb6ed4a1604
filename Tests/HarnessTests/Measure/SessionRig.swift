// SPDX-License-Identifier: Apache-2.0
import Foundation
import SharedMemory
import Topology

@testable import Harness

/// A worker's session on a board that the test leads.
func boardSession(
  slice: Nanoseconds, load: Load = .closed, seats: String = "core:1"
) throws -> (WorkerSession, LaunchBoard) {
  let machine = try Machine(synthetic: "package:1 core:2 pu:1")
  let request = PlacementRequest.parts(
    producer: "core:0", customer: seats, segment: "first-touch")
  guard case .seated(let seating) = try Seating.resolve(request, on: machine) else {
    throw LaunchError(.placement, "no seats")
  }
  var cell = RooflineScenario.cell(sizes: [])
  cell.slice = slice
  cell.measure = .seconds(3600)
  cell.load = load
  let assignment = WorkerAssignment(
    scenario: "test", role: "customer", index: 0, cell: cell, seed: 1,
    clock: MeasurementClock(.monotonic, nanosecondsPerTick: 1), seating: seating,
    details: "{\"sizes\": [1]}", descriptors: [])
  let board = try LaunchBoard(workerCount: 1)
  guard board.write(assignment: try JSONEncoder().encode(assignment), of: 0) else {
    throw LaunchError(.protocolViolation, "no room")
  }
  return (try WorkerSession(worker: 0, board: board, notify: Doorbell()), board)
}

/// A thread that a test waits for.
final class TestThread: Sendable {
  private let done = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () -> Void) {
    let done = done
    Thread { [done] in
      body()
      done.signal()
    }.start()
  }

  /// Whether it ended within a time in which it must.
  func join() -> Bool { done.wait(timeout: .now() + 30) == .success }
}
