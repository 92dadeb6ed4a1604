// SPDX-License-Identifier: Apache-2.0

/// A limit of `/proc/self/limits` that a run can hit.
enum ResourceLimit: String, CaseIterable {
  case openFiles = "Max open files"
  case lockedMemory = "Max locked memory"
  case processes = "Max processes"

  enum Value: Hashable {
    case unlimited
    case number(Int)

    func isAtLeast(_ least: Int) -> Bool {
      switch self {
      case .unlimited: true
      case .number(let number): number >= least
      }
    }

    func description(of limit: ResourceLimit) -> String {
      switch self {
      case .unlimited: "unlimited"
      case .number(let number): limit == .lockedMemory ? number.asBytes : Figures.grouped(number)
      }
    }
  }

  var checkName: String {
    switch self {
    case .openFiles: "ulimit-nofile"
    case .lockedMemory: "ulimit-memlock"
    case .processes: "ulimit-nproc"
    }
  }

  /// What a run of a thousand workers' descriptors, one profile buffer, or a small machine's usual
  /// processes take.
  var least: Int {
    switch self {
    case .openFiles: 1024
    case .lockedMemory: 64 << 10
    case .processes: 256
    }
  }

  var hint: String {
    switch self {
    case .openFiles: "each worker takes descriptors: ulimit -n 4096"
    case .lockedMemory: "pinned buffers and profilers are refused: ulimit -l 8192"
    case .processes: "workers may not start: ulimit -u 4096"
    }
  }

  /// The soft limit; nil when the file or the line is missing.
  func soft(_ probe: SystemProbe) -> Value? {
    guard let line = probe.lines("/proc/self/limits").first(where: { $0.hasPrefix(rawValue) }),
      let word = line.dropFirst(rawValue.count).split(separator: " ").first
    else { return nil }
    return word == "unlimited" ? .unlimited : Int(word).map(Value.number)
  }
}
