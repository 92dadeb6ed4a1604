// SPDX-License-Identifier: Apache-2.0
import Foundation
import Harness
import Serialization
import Testing
import Topology

@testable import Scenarios

/// Messages of several sizes: what is right is recognised, and what is not is found.
@Suite struct MixedSizesTests {
  private let sizes: MessageSizes

  init() throws {
    let folder = FileManager.default.temporaryDirectory
    let name = "\(UUID().uuidString).csv"
    let path = folder.appendingPathComponent(name)
    let text = "time_ns,size_bytes\n0,8\n1,64\n2,1001\n3,4096\n4,15\n5,16\n"
    try text.write(to: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: path) }
    let yaml = """
      schema: 1
      axes: { store: [shm], serializer: [raw], load: ["trace:\(name)"] }
      """
    let catalog = WeirScenarios.catalog(machine: try Machine(synthetic: "core:2 pu:1"))
    let job = try Job(
      yaml: yaml, source: folder.appendingPathComponent("job.yaml").path, catalog: catalog)
    let cell = try #require(try Plan(job, catalog: catalog).cells.first)
    sizes = try #require(MessageSizes(cell.load.trace?.table))
  }

  private func bytes(_ message: MixedBytes, _ sequence: UInt64) -> [UInt8] {
    message.withMessage(sequence) { span in
      (0..<span.byteCount).map { span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
    }
  }

  private func fault(
    _ message: MixedBytes, _ sequence: UInt64, _ bytes: [UInt8], _ depth: Check.Depth = .full
  ) -> Fault {
    message.fault(sequence, bytes.span.bytes, depth)
  }

  @Test func everyMessageIsRightAtItsOwnSize() {
    let (sender, receiver) = (MixedBytes(sizes, seed: 3), MixedBytes(sizes, seed: 3))
    for sequence in UInt64(0)..<30 {
      let sent = bytes(sender, sequence)
      #expect(sent.count == sizes.byteCount(of: sequence))
      #expect(fault(receiver, sequence, sent) == .none, "\(sequence)")
      #expect(fault(receiver, sequence, sent, .header) == .none)
    }
  }

  @Test func everyFlippedByteIsFound() {
    let message = MixedBytes(sizes, seed: 3)
    for sequence in UInt64(0)..<6 {
      let sent = bytes(message, sequence)
      // The first word is the number itself, by which a message is known.
      for offset in 8..<max(8, sent.count) {
        var spoilt = sent
        spoilt[offset] ^= 0x40
        #expect(fault(message, sequence, spoilt) != .none, "\(sequence) at \(offset)")
      }
      #expect(fault(message, sequence, sent + [0]) == .corrupt)
      #expect(fault(message, sequence, sent.dropLast()) == .corrupt)
      #expect(fault(message, sequence + 6, sent) == (sent.count < 16 ? .none : .torn))
    }
  }

  @Test func framesAreBeginningsOfTheirPatterns() throws {
    let patterns = try FramePatterns(byteCount: 4096, seed: 3, depth: 4, sizes: sizes)
    for sequence in UInt64(0)..<30 {
      let frame = try patterns.message(sequence)
      #expect(frame.shape == [sizes.byteCount(of: sequence)])
      let found = frame.withPayload { patterns.fault(sequence, $0, .full) }
      #expect(found == .none, "\(sequence)")
      let header = frame.withPayload { patterns.fault(sequence, $0, .header) }
      #expect(header == .none)
      let other = frame.withPayload { patterns.fault(sequence + 1, $0, .full) }
      #expect(other == .corrupt, "the next has another size")
    }
  }

  @Test func partsOfTwoFramesAreTorn() throws {
    let patterns = try FramePatterns(byteCount: 4096, seed: 3, depth: 3, sizes: sizes)
    // Of one size, and of different patterns, of which a ring of three has four.
    let (one, other) = (try patterns.message(3), try patterns.message(9))
    try #require(one.bytes.count == other.bytes.count && one.bytes != other.bytes)
    let mixed = [UInt8](one.bytes.prefix(2048)) + [UInt8](other.bytes.dropFirst(2048))
    #expect(patterns.fault(3, mixed.span.bytes, .full) == .torn)
    #expect(patterns.fault(9, mixed.span.bytes, .header) == .torn)
    #expect(other.withPayload { patterns.fault(3, $0, .full) } == .corrupt)
  }
}
