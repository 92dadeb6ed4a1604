// SPDX-License-Identifier: Apache-2.0

/// What the operating system did to the workers while they measured; nil is unknown, never 0.
public struct Noise: Codable, Hashable, Sendable {
  /// Time the hypervisor took from the CPUs in use.
  public var steal: Int?
  /// Time the workers were runnable but waited for a CPU.
  public var runDelay: Int?
  public var voluntarySwitches: Int?
  public var involuntarySwitches: Int?
  public var migrations: Int?
  public var minorFaults: Int?
  public var majorFaults: Int?
  /// Time in which some task of the machine waited for a CPU, for memory or for a disk (pressure
  /// stall information), whatever its CPU.
  public var cpuPressure: Int?
  public var memoryPressure: Int?
  public var ioPressure: Int?
  /// Interrupts of every kind that the CPUs in use took.
  public var interrupts: Int?
  /// Slices set aside for a cause, and all slices.
  public var quarantinedSlices: Int?
  public var slices: Int?

  enum CodingKeys: String, CodingKey {
    case steal = "steal_ns"
    case runDelay = "run_delay_ns"
    case voluntarySwitches = "voluntary_switches"
    case involuntarySwitches = "involuntary_switches"
    case migrations
    case minorFaults = "minor_faults"
    case majorFaults = "major_faults"
    case cpuPressure = "psi_cpu_some_ns"
    case memoryPressure = "psi_memory_some_ns"
    case ioPressure = "psi_io_some_ns"
    case interrupts
    case quarantinedSlices = "quarantined_slices"
    case slices
  }

  public init(
    steal: Int? = nil, runDelay: Int? = nil, voluntarySwitches: Int? = nil,
    involuntarySwitches: Int? = nil, migrations: Int? = nil, minorFaults: Int? = nil,
    majorFaults: Int? = nil
  ) {
    self.steal = steal
    self.runDelay = runDelay
    self.voluntarySwitches = voluntarySwitches
    self.involuntarySwitches = involuntarySwitches
    self.migrations = migrations
    self.minorFaults = minorFaults
    self.majorFaults = majorFaults
  }

  /// Sums what both know; what either does not know stays unknown, since a partial sum would lie.
  public static func + (left: Noise, right: Noise) -> Noise { combine(left, right, +) }

  /// What was counted between two readings; unknown where either is.
  static func - (later: Noise, earlier: Noise) -> Noise { combine(later, earlier, -) }

  private static func combine(
    _ left: Noise, _ right: Noise, _ operation: (Int, Int) -> Int
  ) -> Noise {
    func combined(_ counter: KeyPath<Noise, Int?>) -> Int? {
      guard let a = left[keyPath: counter], let b = right[keyPath: counter] else { return nil }
      return operation(a, b)
    }
    var result = Noise(
      steal: combined(\.steal), runDelay: combined(\.runDelay),
      voluntarySwitches: combined(\.voluntarySwitches),
      involuntarySwitches: combined(\.involuntarySwitches), migrations: combined(\.migrations),
      minorFaults: combined(\.minorFaults), majorFaults: combined(\.majorFaults))
    result.cpuPressure = combined(\.cpuPressure)
    result.memoryPressure = combined(\.memoryPressure)
    result.ioPressure = combined(\.ioPressure)
    result.interrupts = combined(\.interrupts)
    result.quarantinedSlices = combined(\.quarantinedSlices)
    result.slices = combined(\.slices)
    return result
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(steal, forKey: .steal)
    try values.encode(runDelay, forKey: .runDelay)
    try values.encode(voluntarySwitches, forKey: .voluntarySwitches)
    try values.encode(involuntarySwitches, forKey: .involuntarySwitches)
    try values.encode(migrations, forKey: .migrations)
    try values.encode(minorFaults, forKey: .minorFaults)
    try values.encode(majorFaults, forKey: .majorFaults)
    try values.encode(cpuPressure, forKey: .cpuPressure)
    try values.encode(memoryPressure, forKey: .memoryPressure)
    try values.encode(ioPressure, forKey: .ioPressure)
    try values.encode(interrupts, forKey: .interrupts)
    try values.encode(quarantinedSlices, forKey: .quarantinedSlices)
    try values.encode(slices, forKey: .slices)
  }
}
