// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The part of JSON Schema that the run schema uses, for machines without a validator.
struct SchemaValidator {
  let root: [String: Any]

  init(_ text: String) throws {
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    root = value as? [String: Any] ?? [:]
  }

  /// Every violation as `path: what`.
  func violations(_ value: Any, _ schema: [String: Any]? = nil, at path: String = "$") -> [String] {
    let schema = schema ?? root
    if let reference = schema["$ref"] as? String {
      return violations(value, definition(reference), at: path)
    }
    var found: [String] = []
    if let constant = schema["const"] as? String, value as? String != constant {
      found.append("\(path): not \(constant)")
    }
    if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") {
      found.append("\(path): not one of \(allowed)")
    }
    if let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map({ [$0] }),
      !types.contains(where: { Self.isType(value, $0) })
    {
      found.append("\(path): not \(types)")
    }
    if let least = schema["minimum"] as? Double, let number = Self.number(value), number < least {
      found.append("\(path): below \(least)")
    }
    if let options = schema["oneOf"] as? [[String: Any]] {
      let matching = options.count { violations(value, $0, at: path).isEmpty }
      if matching != 1 { found.append("\(path): matches \(matching) of oneOf") }
    }
    return found + members(value, schema, at: path)
  }

  private func members(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
    var found: [String] = []
    if let object = value as? [String: Any] {
      for key in schema["required"] as? [String] ?? [] where object[key] == nil {
        found.append("\(path): no \(key)")
      }
      let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
      let rest = schema["additionalProperties"] as? [String: Any]
      for (key, member) in object {
        guard let rule = properties[key] ?? rest else { continue }
        found += violations(member, rule, at: "\(path).\(key)")
      }
    }
    if let array = value as? [Any], let items = schema["items"] as? [String: Any] {
      for (index, item) in array.enumerated() {
        found += violations(item, items, at: "\(path)[\(index)]")
      }
    }
    return found
  }

  private func definition(_ reference: String) -> [String: Any] {
    let name = reference.replacing("#/$defs/", with: "")
    let definitions = root["$defs"] as? [String: [String: Any]] ?? [:]
    return definitions[name] ?? ["enum": ["missing definition \(name)"]]
  }

  private static func number(_ value: Any) -> Double? {
    isType(value, "number") ? (value as? NSNumber)?.doubleValue : nil
  }

  private static func isType(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "null": return value is NSNull
    case "object": return value is [String: Any]
    case "array": return value is [Any]
    case "string": return value is String
    case "boolean": return isBoolean(value)
    case "number": return value is NSNumber && !isBoolean(value)
    case "integer":
      guard let number = value as? NSNumber, !isBoolean(value) else { return false }
      return number.doubleValue == number.doubleValue.rounded()
    default: return false
    }
  }

  private static func isBoolean(_ value: Any) -> Bool {
    guard let number = value as? NSNumber else { return false }
    return number === NSNumber(value: true) || number === NSNumber(value: false)
      || String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
  }
}
