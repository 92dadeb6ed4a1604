// SPDX-License-Identifier: Apache-2.0

/// The limits of the control groups that this process is in, version 2 or 1.
///
/// A limit anywhere on the way up to the root binds, so the tightest is what counts.
struct ControlGroup {
  private let probe: SystemProbe

  init(_ probe: SystemProbe) { self.probe = probe }

  struct MemoryLimit: Hashable {
    let byteCount: Int
    let usedByteCount: Int

    var headroom: Int { max(0, byteCount - usedByteCount) }
  }

  /// The limit with the least room; nil when there is none.
  var memory: MemoryLimit? {
    let second = folders(version: 2, controller: "memory").compactMap {
      limit("\($0)/memory.max", used: "\($0)/memory.current")
    }
    let first = folders(version: 1, controller: "memory").compactMap {
      limit("\($0)/memory.limit_in_bytes", used: "\($0)/memory.usage_in_bytes")
    }
    return (second + first).min { $0.headroom < $1.headroom }
  }

  /// CPUs' worth of time per period; nil when there is no limit.
  var cpuQuota: Double? {
    let second = folders(version: 2, controller: "cpu").compactMap { folder -> Double? in
      let words = probe.text("\(folder)/cpu.max")?.split(separator: " ").map { Double($0) } ?? []
      guard words.count == 2, let quota = words[0], let period = words[1], period > 0 else {
        return nil
      }
      return quota / period
    }
    let first = folders(version: 1, controller: "cpu").compactMap { folder -> Double? in
      guard let quota = probe.integer("\(folder)/cpu.cfs_quota_us"), quota > 0,
        let period = probe.integer("\(folder)/cpu.cfs_period_us"), period > 0
      else { return nil }
      return Double(quota) / Double(period)
    }
    return (second + first).min()
  }

  /// Version 1 writes "no limit" as the largest multiple of a page in 63 bits.
  private static let unlimited = 1 << 62

  private func limit(_ path: String, used: String) -> MemoryLimit? {
    guard let limit = probe.integer(path), limit < Self.unlimited else { return nil }
    return MemoryLimit(byteCount: limit, usedByteCount: probe.integer(used) ?? 0)
  }

  /// The folders from this process's group up to the root.
  ///
  /// Inside a container the path of `/proc/self/cgroup` may be the host's and not exist below the
  /// mount; the mount's own root then is this process's group.
  private func folders(version: Int, controller: String) -> [String] {
    let mount = version == 2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)"
    var parts = path(version: version, controller: controller).split(separator: "/")
    var folders: [String] = []
    while true {
      folders.append(([mount] + parts.map(String.init)).joined(separator: "/"))
      if parts.isEmpty { return folders }
      parts.removeLast()
    }
  }

  /// `0::/path` in version 2, `4:memory:/path` in version 1.
  private func path(version: Int, controller: String) -> String {
    for line in probe.lines("/proc/self/cgroup") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isMeant =
        version == 2
        ? fields[0] == "0" : fields[1].split(separator: ",").contains { $0 == controller }
      if isMeant { return String(fields[2]) }
    }
    return "/"
  }
}
