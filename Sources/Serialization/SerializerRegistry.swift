// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Serializers by name: the built-in ones, the classes' defaults, and what users add.
///
/// For control code. Open the result once (`func run(_ serializer: some Serializer)`) and let the
/// data flow through the concrete type.
public final class SerializerRegistry: Sendable {
  /// The registry that job files and commands use.
  public static let standard = SerializerRegistry()

  private let serializers: Mutex<[String: any Serializer]>

  /// Creates a registry with the built-in serializers `plist`, `json`, `protobuf`, `tensor`, `raw`.
  public init() {
    let builtIn: [any Serializer] = [
      BinaryPropertyListSerializer(), JSONSerializer(), ProtobufSerializer(), TensorSerializer(),
      RawSerializer(),
    ]
    serializers = Mutex(Dictionary(uniqueKeysWithValues: builtIn.map { ($0.name, $0) }))
  }

  /// The serializer called `name`, or the default of the class called `name`.
  ///
  /// - Throws: ``SerializationError`` with code `unknownSerializer` and the nearest match.
  public func serializer(named name: String) throws(SerializationError) -> any Serializer {
    if let throughputClass = ThroughputClass(rawValue: name) {
      return throughputClass.defaultSerializer
    }
    let (found, known) = serializers.withLock { ($0[name], $0.keys.sorted()) }
    if let found { return found }
    let names = ThroughputClass.allCases.map(\.rawValue) + known
    let nearest = NearestName(to: name, among: names).name
    throw SerializationError(
      .unknownSerializer,
      "no serializer is called '\(name)'; "
        + (nearest.map { "did you mean '\($0)'? " } ?? "")
        + "known: \(names.joined(separator: ", "))", nearestMatch: nearest)
  }

  /// Adds a serializer under its own name.
  ///
  /// - Throws: ``SerializationError`` with code `duplicateSerializer` when the name is taken, also
  ///   by a class; `unsupportedValue` when it is empty or not lower-case letters, digits and `-`.
  public func register(_ serializer: any Serializer) throws(SerializationError) {
    let name = serializer.name
    let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-"
    guard !name.isEmpty, name.utf8.allSatisfy(allowed.utf8.contains) else {
      throw SerializationError(
        .unsupportedValue,
        "'\(name)' is no serializer name; use lower-case letters, digits and '-'")
    }
    let isNew =
      ThroughputClass(rawValue: name) == nil
      && serializers.withLock { known in
        guard known[name] == nil else { return false }
        known[name] = serializer
        return true
      }
    guard isNew else {
      throw SerializationError(
        .duplicateSerializer, "a serializer called '\(name)' exists; register under another name")
    }
  }

  /// Every registered name, sorted; the class names are not among them.
  public var names: [String] {
    serializers.withLock { $0.keys.sorted() }
  }
}

extension ThroughputClass {
  /// What the class's name stands for.
  ///
  /// Small is `plist`, not `json`: its frames are written and read in place, while JSON parses text
  /// and grows payloads by a third.
  public var defaultSerializer: any Serializer {
    switch self {
    case .small: BinaryPropertyListSerializer()
    case .medium: ProtobufSerializer()
    case .large: TensorSerializer()
    }
  }
}
