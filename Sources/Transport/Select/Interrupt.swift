// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

/// A way to end a selection from outside: from another thread, or from a process that maps the same
/// segment.
public struct Interrupt: Sendable {
  let segment: Segment
  let word: SharedUInt32
  let point: WaitPoint

  /// Bytes an interrupt takes in a segment; zeros are one that was not raised.
  public static let byteCount = 4 + WaitPoint.byteCount

  /// The interrupt in a segment's bytes.
  /// - Precondition: `offset` is a multiple of 4 and inside the segment with ``byteCount`` bytes.
  public init(segment: Segment, offset: Int) {
    self.segment = segment
    word = segment.uint32(at: offset)
    point = WaitPoint(segment: segment, offset: offset + 4)
  }

  /// An interrupt of its own, for threads of this process.
  public init() throws(TransportError) {
    let segment = try TransportError.wrapping { () throws(SharedMemoryError) in
      try Segment.create(byteCount: Self.byteCount, label: "interrupt")
    }
    self.init(segment: segment, offset: 0)
  }

  /// The highest level raised so far; 0 when none was.
  public var level: UInt32 { word.loadAcquire() }

  public var isRaised: Bool { level != 0 }

  /// Ends every selection that this interrupts, now and from now on. A level never falls.
  public func raise(to level: UInt32 = 1) {
    while true {
      let now = word.loadAcquire()
      if now >= level { break }
      // Pairs with the acquire in `level`.
      if word.compareExchange(expected: now, desired: level) { break }
    }
    point.ring()
  }
}
