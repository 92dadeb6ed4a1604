// SPDX-License-Identifier: Apache-2.0

import Foundation
import Serialization
import Testing

@Suite struct SerializerRegistryTests {
  /// A user's serializer: the raw one under another name.
  struct Custom: Serializer {
    let name: String
    let throughputClass: ThroughputClass? = nil
    let capabilities: SerializerCapabilities = []
    private let raw = RawSerializer()

    init(_ name: String) {
      self.name = name
    }

    func encodedByteCount(of frame: Frame) -> Int? { nil }

    func encode(_ frame: Frame, into destination: inout MutableRawSpan)
      throws(SerializationError) -> Int
    {
      try raw.encode(frame, into: &destination)
    }

    func decode(_ bytes: RawSpan) throws(SerializationError) -> Frame { try raw.decode(bytes) }

    func withView<R>(
      of bytes: RawSpan, _ body: (FrameHeader, RawSpan) throws(SerializationError) -> R
    ) throws(SerializationError) -> R {
      try raw.withView(of: bytes, body)
    }
  }

  @Test(
    arguments: [
      ("plist", ThroughputClass.small), ("json", .small), ("protobuf", .medium), ("tensor", .large),
      ("raw", nil),
    ] as [(String, ThroughputClass?)])
  func builtInNames(name: String, throughputClass: ThroughputClass?) throws {
    let found = try serializer(name)
    #expect(found.name == name)
    #expect(found.throughputClass == throughputClass)
  }

  @Test(arguments: zip(["small", "medium", "large"], ["plist", "protobuf", "tensor"]))
  func classNamesPickDefaults(name: String, expected: String) throws {
    #expect(try serializer(name).name == expected)
  }

  @Test(
    arguments: [
      ("jsn", "json"), ("Protobuf", "protobuf"), ("tensr", "tensor"), ("larg", "large"),
      ("quite-something-else", nil), (String(repeating: "x", count: 1_000_000), nil),
    ] as [(String, String?)])
  func unknownNamesGetTheNearest(name: String, nearest: String?) {
    do {
      _ = try serializer(name)
      Issue.record("'\(name)' should be unknown")
    } catch let error as SerializationError {
      #expect(error.code == .unknownSerializer)
      #expect(error.nearestMatch == nearest)
      #expect(error.description.contains("protobuf"))
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func usersRegisterTheirOwn() throws {
    let registry = SerializerRegistry()
    try registry.register(Custom("mine"))
    #expect(registry.names == ["json", "mine", "plist", "protobuf", "raw", "tensor"])
    func check(_ serializer: some Serializer) throws {
      // Without a known size the default path tries, and grows to what is asked for.
      let frame = try Frame([UInt8](repeating: 5, count: 5000))
      #expect(try serializer.encoded(frame) == [UInt8](repeating: 5, count: 5000))
      #expect(try serializer.decode([1, 2]) == (try Frame([1, 2] as [UInt8])))
    }
    try check(try registry.serializer(named: "mine"))
    #expect(!SerializerRegistry.standard.names.contains("mine"))
  }

  @Test(arguments: ["plist", "mine", "small", "large"])
  func duplicatesAreRefused(name: String) throws {
    let registry = SerializerRegistry()
    try registry.register(Custom("mine"))
    expectError(.duplicateSerializer) { try registry.register(Custom(name)) }
  }

  @Test(arguments: ["", "Two Words", "ü"])
  func badNamesAreRefused(name: String) {
    expectError(.unsupportedValue) { try SerializerRegistry().register(Custom(name)) }
  }

  @Test func oneOfManyThreadsWins() async {
    let registry = SerializerRegistry()
    let winners = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<64 {
        group.addTask { (try? registry.register(Custom("contested"))) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(winners == 1)
  }
}
