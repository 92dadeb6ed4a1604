// SPDX-License-Identifier: Apache-2.0

extension Document {
  /// A document made outside of this module.
  public init(_ blocks: [Block]) {
    self.init()
    self.blocks = blocks
  }
}
