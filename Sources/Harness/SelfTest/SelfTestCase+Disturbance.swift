// SPDX-License-Identifier: Apache-2.0

extension SelfTestCase {
  /// What the machine did during the launches that explains a deviation of `bearable` nanoseconds;
  /// nil when nothing speaks for that.
  ///
  /// Only readings that do not depend on what the harness measured: the store's own loops, and the
  /// kernel's counters.
  func disturbance(beyond bearable: Double) -> String? {
    func milliseconds(_ nanoseconds: Double) -> String { "\(Figures.text(nanoseconds / 1e6)) ms" }
    let longest = truths.compactMap { $0?.longestHoldUp }.max() ?? 0
    if longest > bearable { return "a CPU was taken away for \(milliseconds(longest))" }
    if let steal = summary.noise.steal, Double(steal) > bearable {
      return "the hypervisor took \(milliseconds(Double(steal)))"
    }
    if let delay = summary.noise.runDelay, Double(delay) > bearable {
      return "workers waited \(milliseconds(Double(delay))) for a CPU"
    }
    return nil
  }

  /// Why workers may not have come to their work in a phase that was meant to be long enough.
  var starvation: String? { disturbance(beyond: Double(cell.cell.measure.count) / 10) }
}
