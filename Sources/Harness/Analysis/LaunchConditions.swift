// SPDX-License-Identifier: Apache-2.0

/// What was done in a launch against bias, so that it can be done again.
public struct LaunchConditions: Codable, Hashable, Sendable {
  /// Of payloads and arrivals.
  public var seed: Int
  /// Bytes added to the environment, which move the stack, and to the beginning of the heap.
  public var environmentPad: Int
  public var heapOffset: Int
  /// Whether no more threads were at work than there were CPUs for them, each end apart.
  public var hasOwnCores: Bool
  /// What is discarded after each meeting of the ends, before a slice begins.
  public var settling: Nanoseconds
  /// How long all went on after the measured phase, until the last had closed its slice.
  public var cooldown: Nanoseconds

  enum CodingKeys: String, CodingKey {
    case seed
    case environmentPad = "environment_pad_bytes"
    case heapOffset = "heap_offset_bytes"
    case hasOwnCores = "own_cores"
    case settling = "settling_ns"
    case cooldown = "cooldown_ns"
  }

  public init(
    seed: Int, environmentPad: Int, heapOffset: Int, hasOwnCores: Bool, settling: Nanoseconds,
    cooldown: Nanoseconds
  ) {
    self.seed = seed
    self.environmentPad = environmentPad
    self.heapOffset = heapOffset
    self.hasOwnCores = hasOwnCores
    self.settling = settling
    self.cooldown = cooldown
  }
}
