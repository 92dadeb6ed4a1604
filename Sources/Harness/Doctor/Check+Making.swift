// SPDX-License-Identifier: Apache-2.0

extension MachineInfo.Check {
  static func ok(_ name: String, _ value: String, hint: String? = nil) -> Self {
    Self(name: name, state: .ok, value: value, hint: hint)
  }

  /// - Parameter hint: what it does to numbers and how to mend it.
  static func bad(_ name: String, _ value: String, hint: String) -> Self {
    Self(name: name, state: .bad, value: value, hint: hint)
  }

  /// - Parameter hint: why nobody can tell, or what is missing here.
  static func unavailable(_ name: String, _ value: String? = nil, hint: String) -> Self {
    Self(name: name, state: .unavailable, value: value, hint: hint)
  }

  /// Good or bad by a condition, with the same value either way.
  static func verdict(_ name: String, _ value: String, isGood: Bool, hint: String) -> Self {
    isGood ? ok(name, value) : bad(name, value, hint: hint)
  }
}
