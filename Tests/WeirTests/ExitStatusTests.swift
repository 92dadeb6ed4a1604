// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import Harness
import Testing
import Topology

@testable import weir

/// Swift Testing has an `ExitStatus` of its own.
typealias WeirStatus = weir.ExitStatus

@Suite struct ExitStatusTests {
  /// Scripts rely on these numbers.
  @Test func codesAreThoseOfTheManual() {
    #expect(WeirStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 64, 130])
    for status in WeirStatus.allCases {
      #expect(WeirStatus.table.contains("\(status.rawValue)  \(status.summary)"))
    }
  }

  @Test(
    arguments: [
      (HarnessError.Code.unit, WeirStatus.usage), (.job, .usage), (.file, .internalError),
      (.run, .internalError), (.schema, .baselineMissing), (.tool, .capabilityMissing),
    ])
  func harnessErrors(code: HarnessError.Code, status: WeirStatus) {
    #expect(Failure.status(of: HarnessError(code, "problem", remedy: "remedy")) == status)
  }

  @Test(
    arguments: [
      (LaunchError.Code.spawnFailed, WeirStatus.workerFailed), (.workerDied, .workerFailed),
      (.workerHung, .workerFailed), (.workerFailed, .workerFailed),
      (.protocolViolation, .workerFailed), (.aborted, .workerFailed),
      (.interrupted, .interrupted), (.placement, .usage), (.resources, .capabilityMissing),
      (.refused, .capabilityMissing),
    ])
  func launchErrors(code: LaunchError.Code, status: WeirStatus) {
    #expect(Failure.status(of: LaunchError(code, "what and why")) == status)
  }

  @Test func topologyErrors() throws {
    let wrong = #expect(throws: TopologyError.self) { try Machine(synthetic: "package:x") }
    #expect(Failure.status(of: try #require(wrong)) == .usage)
    let machine = try Machine(synthetic: "core:2 pu:1")
    let far = #expect(throws: TopologyError.self) { try machine.seat("core:9") }
    #expect(Failure.status(of: try #require(far)) == .usage)
  }

  /// What the kernel refuses comes through the launcher, which knows no better remedy: 6.
  @Test func aSegmentThatCannotBeBoundIsACapabilityThatIsMissing() throws {
    let expander = Repository.topology("xeon-2-sockets-cxl")
    let machine = try Machine(xmlFile: expander)
    let seatless = #expect(throws: TopologyError.self) { try machine.seat("numa:1") }
    #expect(seatless?.code == .noCPUs)
    #expect(Failure.status(of: try #require(seatless)) == .usage)
    #expect(Failure.status(of: LaunchError(.refused, "the kernel does not")) == .capabilityMissing)
  }

  @Test func theParsersOwnErrorsAreLeftToIt() throws {
    #expect(Failure.status(of: ExitCode(9)) == nil)
    #expect(Failure.status(of: CleanExit.helpRequest()) == nil)
    #expect(Failure.status(of: ValidationError("wrong")) == nil)
    let unknown = #expect(throws: (any Error).self) { try Weir.parseAsRoot(["nonsense"]) }
    #expect(Failure.status(of: try #require(unknown)) == nil)
  }

  @Test func strangersAreInternalErrors() {
    struct Stranger: Error {}
    #expect(Failure.status(of: Stranger()) == .internalError)
    #expect(Failure.status(of: CommandError(.inconclusive, "x")) == .inconclusive)
  }
}
