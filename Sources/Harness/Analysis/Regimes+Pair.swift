// SPDX-License-Identifier: Apache-2.0

extension Regimes {
  /// Whether two launches ran in one regime, so that their ratio is that of what they ran. Launches
  /// whose CPUs were moved meanwhile are in none.
  func isPair(_ first: LinkFingerprint?, _ second: LinkFingerprint?) -> Bool {
    let regime = regime(of: first)
    return regime == self.regime(of: second) && regime != .mixed
  }
}
