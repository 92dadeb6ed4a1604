// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct SliceCodingTests {
  private func decoded(_ json: String) throws -> LaunchRecord.Slice {
    try JSONDecoder().decode(LaunchRecord.Slice.self, from: Data(json.utf8))
  }

  private func object(_ slice: LaunchRecord.Slice) throws -> [String: Any] {
    let data = try JSONEncoder().encode(slice)
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func aSliceSurvivesTheFile() throws {
    var noise = Noise(steal: 1, runDelay: 2, voluntarySwitches: 3, involuntarySwitches: 4)
    noise.cpuPressure = 5
    noise.interrupts = 6
    let slice = LaunchRecord.Slice(
      begin: .milliseconds(102), duration: .milliseconds(100), messages: 7, bytes: 56,
      link: SliceLink(before: 61.5, after: 240), noise: noise, quarantine: "steal 10 ms")
    let stored = try object(slice)
    #expect(stored["begin_ns"] as? Int == 102_000_000)
    #expect(stored["link"] as? [String: Double] == ["before_ns": 61.5, "after_ns": 240])
    let kept = try #require(stored["noise"] as? [String: Any])
    #expect(kept["psi_cpu_some_ns"] as? Int == 5 && kept["interrupts"] as? Int == 6)
    #expect(kept["psi_memory_some_ns"] is NSNull && kept["psi_io_some_ns"] is NSNull)
    #expect(try decoded(String(decoding: JSONEncoder().encode(slice), as: UTF8.self)) == slice)
  }

  @Test func whatIsUnknownIsNull() throws {
    let stored = try object(.init(duration: .milliseconds(1), messages: 7, bytes: 56))
    for key in ["begin_ns", "link", "noise", "quarantine"] {
      #expect(stored[key] is NSNull, "\(key)")
    }
  }

  /// Runs of before slices had a beginning, a fingerprint and a ledger.
  @Test func slicesWithoutTheNewKeysAreRead() throws {
    let slice = try decoded("{\"duration_ns\": 100, \"messages\": 7, \"bytes\": 56}")
    #expect(slice == LaunchRecord.Slice(duration: Nanoseconds(100), messages: 7, bytes: 56))
    #expect(slice.begin == nil && slice.link == nil && slice.noise == nil)
  }

  @Test func sumsOfWhatIsNotKnownAreNotKnown() {
    var (one, other) = (Noise(), Noise())
    (one.memoryPressure, other.memoryPressure) = (1, 2)
    (one.interrupts, one.ioPressure) = (3, 4)
    let sum = one + other
    #expect(sum.memoryPressure == 3)
    #expect(sum.interrupts == nil && sum.ioPressure == nil && sum.cpuPressure == nil)
  }
}
