// SPDX-License-Identifier: Apache-2.0

/// Where the time of all CPUs went since boot, in clock ticks, from the first line of `/proc/stat`.
public struct ProcessorTimes: Hashable, Sendable {
  /// All columns but the guests', which the kernel counts as user time already.
  let total: Int
  /// Nil on kernels without the column.
  let steal: Int?

  /// Nil where there is no `/proc/stat`.
  public init?(_ probe: SystemProbe) {
    guard let line = probe.lines("/proc/stat").first(where: { $0.hasPrefix("cpu ") }) else {
      return nil
    }
    let columns = line.split(separator: " ").dropFirst().compactMap { Int($0) }
    guard columns.count >= 4 else { return nil }
    total = columns.prefix(8).reduce(0, &+)
    steal = columns.count > 7 ? columns[7] : nil
  }

  init(total: Int, steal: Int?) {
    self.total = total
    self.steal = steal
  }

  /// The share of time between two readings that a hypervisor took; nil when nothing tells.
  func stealShare(until later: ProcessorTimes) -> Double? {
    guard let first = steal, let last = later.steal, later.total > total else { return nil }
    return Double(max(0, last - first)) / Double(later.total - total)
  }

  /// The same since boot.
  var stealShare: Double? { ProcessorTimes(total: 0, steal: 0).stealShare(until: self) }
}
