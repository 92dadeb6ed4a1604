// SPDX-License-Identifier: Apache-2.0

extension PropertyListWriter {
  /// Writes what `Frame.encode(to:)` describes, without the detour through a tree of objects.
  mutating func write(_ frame: Frame, into destination: inout MutableRawSpan) {
    var (keys, values) = root(mapOf: frame.propertyCount, into: &destination)
    key(Frame.dtypeKey, in: &keys, into: &destination)
    write(frame.dtype.name, in: &values, into: &destination)
    key(Frame.shapeKey, in: &keys, into: &destination)
    write(frame.shape, in: &values, into: &destination)
    if let strides = frame.explicitStrides {
      key(Frame.stridesKey, in: &keys, into: &destination)
      write(strides, in: &values, into: &destination)
    }
    key(Frame.timestampKey, in: &keys, into: &destination)
    write(frame.timestampNanoseconds, in: &values, into: &destination)
    if !frame.metadata.isEmpty {
      key(Frame.metadataKey, in: &keys, into: &destination)
      write(frame.metadata, in: &values, into: &destination)
    }
    key(Frame.bytesKey, in: &keys, into: &destination)
    write(frame.bytes, in: &values, into: &destination)
  }

  /// Writes a map of the value's kind to its content, as `MetadataValue.encode(to:)` does.
  mutating func write(
    _ value: MetadataValue, in parent: inout References,
    into destination: inout MutableRawSpan
  ) {
    var (keys, values) = map(of: 1, in: &parent, into: &destination)
    key(value.kindName, in: &keys, into: &destination)
    switch value {
    case .null: write(true, in: &values, into: &destination)
    case .bool(let value): write(value, in: &values, into: &destination)
    case .int(let value): write(value, in: &values, into: &destination)
    case .double(let value) where MetadataValue.isPlain(value):
      write(value, in: &values, into: &destination)
    case .double(let value):
      write(Int64(bitPattern: value.bitPattern), in: &values, into: &destination)
    case .string(let text): write(text, in: &values, into: &destination)
    case .bytes(let data): write(data, in: &values, into: &destination)
    case .array(let items): write(items, in: &values, into: &destination)
    case .map(let map): write(map, in: &values, into: &destination)
    }
  }
}
