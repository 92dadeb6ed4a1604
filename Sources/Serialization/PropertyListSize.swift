// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The first pass of writing a property list: how many objects, and how wide everything is.
struct PropertyListSize {
  private(set) var objectCount = 0
  private var referenceCount = 0
  private var contentByteCount = 0

  mutating func add(byteCount: Int) {
    objectCount += 1
    contentByteCount += byteCount
  }

  mutating func addSized(unitCount: Int, unitByteCount: Int = 1) {
    add(byteCount: PropertyListObject.markerByteCount(unitCount) + unitCount * unitByteCount)
  }

  mutating func addContainer(count: Int, referencesPerItem: Int) {
    add(byteCount: PropertyListObject.markerByteCount(count))
    referenceCount += count * referencesPerItem
  }

  mutating func add(_ integer: Int64) {
    add(byteCount: 1 + PropertyListObject.integerWidth(integer))
  }

  mutating func add(_ integers: [Int]) {
    addContainer(count: integers.count, referencesPerItem: 1)
    for integer in integers { add(Int64(integer)) }
  }

  mutating func add(_ text: String) {
    if text.isASCII {
      addSized(unitCount: text.utf8.count)
    } else {
      addSized(unitCount: text.utf16.count, unitByteCount: 2)
    }
  }

  mutating func add(_ map: [String: MetadataValue]) {
    addContainer(count: map.count, referencesPerItem: 2)
    for (key, value) in map {
      add(key)
      add(value)
    }
  }

  mutating func add(_ value: MetadataValue) {
    addContainer(count: 1, referencesPerItem: 2)
    addSized(unitCount: value.kindName.utf8CodeUnitCount)
    switch value {
    case .null, .bool: add(byteCount: 1)
    case .int(let value): add(value)
    case .double(let value) where MetadataValue.isPlain(value): add(byteCount: 9)
    case .double(let value): add(Int64(bitPattern: value.bitPattern))
    case .string(let text): add(text)
    case .bytes(let data): addSized(unitCount: data.count)
    case .array(let values):
      addContainer(count: values.count, referencesPerItem: 1)
      for value in values { add(value) }
    case .map(let map): add(map)
    }
  }

  /// The bytes of one reference.
  var referenceWidth: Int { Self.width(objectCount - 1) }
  /// Where the offset table starts.
  var tableOffset: Int {
    PropertyListObject.headerByteCount + contentByteCount + referenceCount * referenceWidth
  }
  /// The bytes of one offset.
  var offsetWidth: Int { Self.width(tableOffset) }
  /// The whole list.
  var byteCount: Int {
    tableOffset + objectCount * offsetWidth + PropertyListObject.trailerByteCount
  }

  private static func width(_ value: Int) -> Int {
    PropertyListObject.integerWidth(Int64(value))
  }
}

extension PropertyListSize {
  /// Adds up everything a frame consists of, in no particular order.
  ///
  /// Not an initialiser, because that would own its argument: four reference counts up and down.
  static func measure(_ frame: Frame) -> PropertyListSize {
    var size = PropertyListSize()
    size.add(frame)
    return size
  }

  private mutating func add(_ frame: Frame) {
    addContainer(count: frame.propertyCount, referencesPerItem: 2)
    addSized(unitCount: Frame.dtypeKey.utf8CodeUnitCount)
    add(frame.dtype.name)
    addSized(unitCount: Frame.shapeKey.utf8CodeUnitCount)
    add(frame.shape)
    if let strides = frame.explicitStrides {
      addSized(unitCount: Frame.stridesKey.utf8CodeUnitCount)
      add(strides)
    }
    addSized(unitCount: Frame.timestampKey.utf8CodeUnitCount)
    add(frame.timestampNanoseconds)
    if !frame.metadata.isEmpty {
      addSized(unitCount: Frame.metadataKey.utf8CodeUnitCount)
      add(frame.metadata)
    }
    addSized(unitCount: Frame.bytesKey.utf8CodeUnitCount)
    addSized(unitCount: frame.bytes.count)
  }
}

extension Frame {
  // The names of `Frame.Field`, in a form that is compared without making a string.
  static let dtypeKey: StaticString = "dtype"
  static let shapeKey: StaticString = "shape"
  static let stridesKey: StaticString = "strides"
  static let timestampKey: StaticString = "timestampNanoseconds"
  static let metadataKey: StaticString = "metadata"
  static let bytesKey: StaticString = "bytes"

  /// How many keys the frame's map has.
  var propertyCount: Int {
    4 + (explicitStrides == nil ? 0 : 1) + (metadata.isEmpty ? 0 : 1)
  }
}

extension MetadataValue {
  /// The name of the value's ``Kind``.
  var kindName: StaticString {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int: "int"
    case .double(let value): Self.isPlain(value) ? "double" : "doubleBits"
    case .string: "string"
    case .bytes: "bytes"
    case .array: "array"
    case .map: "map"
    }
  }
}

extension String {
  /// Whether every code unit is ASCII.
  var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
