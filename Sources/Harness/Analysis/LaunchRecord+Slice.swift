// SPDX-License-Identifier: Apache-2.0

extension LaunchRecord {
  /// A part of the measured phase.
  public struct Slice: Hashable, Sendable {
    /// From the beginning of the measured phase; nil in runs recorded before slices had one.
    public var begin: Nanoseconds?
    public var duration: Nanoseconds
    /// Verified messages received, all customers together.
    public var messages: Int
    /// Payload bytes of those messages.
    public var bytes: Int
    /// How far apart its ends were just before and just after it; nil when they could not meet.
    public var link: SliceLink?
    /// What the operating system did to all workers of the launch meanwhile; nil when nobody looked.
    public var noise: Noise?
    /// Why the slice should not count, such as `run delay 31 ms`; never its own value. Nil when it
    /// counts.
    public var quarantine: String?
    /// Kept while the run goes on, and stored where the slice is left out.
    public var latencies: SliceLatencies?

    public init(
      begin: Nanoseconds? = nil, duration: Nanoseconds, messages: Int, bytes: Int,
      link: SliceLink? = nil, noise: Noise? = nil, quarantine: String? = nil,
      latencies: SliceLatencies? = nil
    ) {
      self.begin = begin
      self.duration = duration
      self.messages = messages
      self.bytes = bytes
      self.link = link
      self.noise = noise
      self.quarantine = quarantine
      self.latencies = latencies
    }
  }
}

/// How far apart the two ends of a slice were, by half round trips of a cache line between the threads
/// that did its work.
public struct SliceLink: Codable, Hashable, Sendable {
  /// Nanoseconds, at the last meeting before the slice and at the first one after it.
  public var before: Double
  public var after: Double

  enum CodingKeys: String, CodingKey {
    case before = "before_ns"
    case after = "after_ns"
  }

  public init(before: Double, after: Double) {
    self.before = before
    self.after = after
  }
}

extension LaunchRecord.Slice: Codable {
  enum CodingKeys: String, CodingKey {
    case begin = "begin_ns"
    case duration = "duration_ns"
    case messages, bytes, link, noise, quarantine, latencies
  }

  /// What is unknown is null, not absent; latencies are absent where the launch has them all.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(begin, forKey: .begin)
    try values.encode(duration, forKey: .duration)
    try values.encode(messages, forKey: .messages)
    try values.encode(bytes, forKey: .bytes)
    try values.encode(link, forKey: .link)
    try values.encode(noise, forKey: .noise)
    try values.encode(quarantine, forKey: .quarantine)
    try values.encodeIfPresent(latencies, forKey: .latencies)
  }
}
