// SPDX-License-Identifier: Apache-2.0

/// When a sleeper looks whether its peers are alive: every 50 ms, or as soon as one ends once their ends
/// ring, and now and then when it is woken in vain.
struct SleeperLooks: ~Copyable {
  private var vigil: Vigil?
  private var vainWakes: UInt32 = 0

  /// How long the next sleep may last.
  var longestSleepNanoseconds: Int64 {
    vigil == nil
      ? WaitPoint.longestSleepNanoseconds : WaitPoint.longestWatchedSleepNanoseconds
  }

  /// Whether one of the watched has ended, so that it is time to look, not to sleep.
  mutating func peerHasEnded() -> Bool {
    guard vigil?.hasEnded == true else { return false }
    // If it lives on all the same, as the child of a fork may, it is looked at every 50 ms.
    vigil = nil
    return true
  }

  /// Whether to look after a sleep that ended so.
  mutating func isDue(after outcome: SharedUInt32.WaitOutcome) -> Bool {
    if peerHasEnded() { return true }
    vainWakes &+= 1
    if outcome == .timedOut { return true }
    // Somebody came or went, or there is traffic: who is to be watched may have changed.
    vigil = nil
    return vainWakes % WaitPoint.vainWakesPerLook == 0
  }

  /// After a look: lets the ends of the peers ring.
  mutating func keepVigil(over peers: () -> [Int32]?, ringing point: WaitPoint) {
    guard let processes = peers() else {
      vigil = nil
      return
    }
    if let watched = vigil?.processes, watched == processes { return }
    vigil = ProcessWatch.shared.vigil(over: processes, ringing: point)
  }
}
