// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

// What the ends of a launch tell each other, and the harness, about its slices.
extension LaunchBoard {
  /// The number of the slice that is open; even between two slices.
  var sliceWord: SharedUInt32 { segment.uint32(at: Self.slicesOffset) }

  /// Recorders that have not closed their last slice.
  var recordersWord: SharedUInt32 { segment.uint32(at: Self.slicesOffset + 4) }

  /// The clock when the measured phase began, in ticks.
  var measureBegin: UInt64 {
    get { segment.uint64(at: Self.slicesOffset + 8).loadAcquire() }
    nonmutating set { segment.uint64(at: Self.slicesOffset + 8).storeRelease(newValue) }
  }

  /// Where the ends of a launch meet between slices.
  func meeting(_ clock: MeasurementClock) -> SliceMeeting {
    SliceMeeting(
      state: segment.uint32(at: Self.phaseOffset + 4), phase: phaseWord,
      last: segment.uint64(at: Self.slicesOffset + 16),
      leaders: segment.uint32(at: Self.slicesOffset + 24),
      followers: segment.uint32(at: Self.slicesOffset + 28),
      ask: segment.uint32(at: Self.leaderOffset), answer: segment.uint32(at: Self.followerOffset),
      clock: clock)
  }

  /// Sleeps until the last recorder has closed its slice, or the time is over.
  func awaitRecorders(within limit: Nanoseconds) {
    let deadline = MonotonicTime.nanoseconds() + Int64(limit.count)
    var left = recordersWord.loadAcquire()
    while left > 0 {
      let remaining = deadline - MonotonicTime.nanoseconds()
      guard remaining > 0 else { return }
      _ = recordersWord.wait(while: left, timeoutNanoseconds: remaining)
      left = recordersWord.loadAcquire()
    }
  }
}
