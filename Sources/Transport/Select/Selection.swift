// SPDX-License-Identifier: Apache-2.0
public import SharedMemory
internal import Synchronization

/// What waiting on several sources at once found.
///
/// The sources may use any mix of stores, strategies and default values; a source with a default value
/// is always ready before its end. Nothing polls: a wait spins a little and then sleeps in the kernel
/// on all rings at once, and is woken by the end of a producer's process. After REIP's blocks with
/// several sources (reip-pipelines).
public struct Selection: Hashable, Sendable {
  /// How many sources must be ready.
  public enum Condition: String, Hashable, Sendable, Codable, CaseIterable { case any, all }

  /// Where one source stands.
  public enum SourceState: Hashable, Sendable {
    /// A get delivers without waiting for the producer, or throws what is wrong with the item. A queue
    /// customer's get still waits for the item's way through the channel.
    case ready
    /// The stream has ended and the customer has had every item that its strategy takes.
    case ended
    /// As ``ended``, but the producer's process is gone without having ended the stream.
    case producerGone
    /// There is nothing now that the strategy takes; an unsatisfied skip is one case of it.
    case notYet
  }

  public enum Verdict: Hashable, Sendable {
    /// Any: a source is ready, or is over and no selection has said so before. All: every one is ready.
    case found
    /// The condition cannot come true any more. Any: every source is over. All: one is over, with
    /// nothing left.
    case over
    case timedOut
    case interrupted
  }

  public let verdict: Verdict
  /// One per source, in their order, as at the last look.
  public let states: [SourceState]

  /// Places of the sources that are ready.
  public var ready: [Int] { states.indices.filter { states[$0] == .ready } }

  /// Waits until one source, or every one, has something.
  ///
  /// With `.any`, a source that is over counts once: the first selection that sees it returns and says
  /// so, later ones leave it out. So a loop over the ready sources needs no list of the living, and ends
  /// when the verdict is `.over`.
  ///
  /// - Parameters:
  ///   - sources: ``Customer/readiness()`` of each customer, made for this wait. At most 127 rings.
  ///   - timeout: the default waits for ever.
  ///   - interrupt: ends the wait when it is raised, whatever is ready.
  /// - Throws: `.invalidArgument` for more rings than the kernel can sleep on.
  public static func wait(
    _ condition: Condition, _ sources: [Readiness], timeout: Timeout = .never,
    interruptedBy interrupt: Interrupt? = nil
  ) throws(TransportError) -> Selection {
    var look = SelectionLook(condition, sources, interrupt)
    if let verdict = look.verdict() { return look.selection(verdict) }
    if timeout == .now {
      look.lookAfterProducers(sparing: true)
      return look.selection(look.verdict() ?? .timedOut)
    }
    let points = distinctPoints(sources, interrupt)
    guard points.count <= WaitPoint.severalLimit else {
      throw TransportError(
        .invalidArgument,
        "a selection over \(points.count) rings cannot sleep; split it, \(WaitPoint.severalLimit - 1) "
          + "at most")
    }
    let deadline = timeout.deadlineNanoseconds
    var verdict: Verdict?
    repeat {
      _ = WaitPoint.wait(
        atAll: points, look.strategy, timeout: .until(deadlineNanoseconds: deadline),
        alive: { !look.lookAfterProducers() }, peers: { look.producerPeers },
        until: {
          verdict = look.verdict()
          return verdict != nil
        })
      // Otherwise a producer is gone that left something to wait for all the same.
    } while verdict == nil && MonotonicTime.nanoseconds() < deadline
    return look.selection(verdict ?? .timedOut)
  }

  /// Each ring once, however many of its customers are waited for.
  private static func distinctPoints(
    _ sources: [Readiness], _ interrupt: Interrupt?
  ) -> [WaitPoint] {
    var segments = Set<ObjectIdentifier>()
    let rings = sources.filter { segments.insert(ObjectIdentifier($0.control.segment)).inserted }
    return rings.map(\.control.customersWait) + [interrupt?.point].compactMap { $0 }
  }
}
