// SPDX-License-Identifier: Apache-2.0

extension Table.Column {
  /// A column of a table made outside of this module.
  ///
  /// - Parameter isNumber: whether its fields stand right; false by default.
  public init(_ header: String, isNumber: Bool = false) {
    self.init(header: header, isNumber: isNumber)
  }
}
