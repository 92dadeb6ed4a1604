// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension Data {
  /// Creates data with a copy of `bytes`.
  init(copying bytes: RawSpan) {
    // Data copies the buffer before the closure returns.
    self = unsafe bytes.withUnsafeBytes { unsafe Data($0) }
  }
}
