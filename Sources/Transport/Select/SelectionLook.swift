// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory
internal import Synchronization

/// The sources of one selection, looked at until there is a verdict.
struct SelectionLook {
  let condition: Selection.Condition
  let sources: [Readiness]
  let interrupt: Interrupt?
  private(set) var states: [Selection.SourceState]

  /// Selections in vain, without waiting, between two looks at the producers: a look is three system
  /// calls for each.
  private static let vainLooksPerSource: UInt64 = 256

  init(_ condition: Selection.Condition, _ sources: [Readiness], _ interrupt: Interrupt?) {
    self.condition = condition
    self.sources = sources
    self.interrupt = interrupt
    states = Array(repeating: .notYet, count: sources.count)
  }

  /// Budgeted spins that one look takes: it costs many times a poll of one slot.
  private static let spinsPerLook: UInt32 = 16

  /// How to wait for all of them: as the one among them that spins the longest. A source that spins
  /// may be one whose producer rings for nobody.
  var strategy: WaitStrategy {
    if sources.contains(where: { !$0.wait.mayPark }) { return .spin }
    let budgets = sources.compactMap { (source) -> UInt32? in
      if case .spinThenPark(let spins) = source.wait { return spins }
      return nil
    }
    return budgets.max().map { .spinThenPark(spins: $0 / Self.spinsPerLook) } ?? .park
  }

  /// Looks at every source; nil when there is nothing to return for.
  mutating func verdict() -> Selection.Verdict? {
    for (place, source) in sources.enumerated() { states[place] = state(of: source) }
    if let interrupt, interrupt.isRaised { return .interrupted }
    switch condition {
    case .any:
      if states.allSatisfy(Self.isOver) { return .over }
      let isNews = { (place: Int) in
        states[place] == .ready
          || Self.isOver(states[place])
            && !sources[place].notes.isEndNoticed.load(ordering: .relaxed)
      }
      return states.indices.contains(where: isNews) ? .found : nil
    case .all:
      if states.isEmpty || states.contains(where: Self.isOver) { return .over }
      return states.allSatisfy { $0 == .ready } ? .found : nil
    }
  }

  private func state(of source: Readiness) -> Selection.SourceState {
    let isGone = source.notes.isProducerGone.load(ordering: .relaxed)
    // After its producer was seen to be gone: it may have published, or ended, just before.
    let state = source.look()
    return state == .notYet && isGone ? .producerGone : state
  }

  private static func isOver(_ state: Selection.SourceState) -> Bool {
    state == .ended || state == .producerGone
  }

  /// Notes which producers are gone; true when one was not known to be.
  ///
  /// - Parameter sparing: for selections that do not wait: looks only now and then.
  @discardableResult
  func lookAfterProducers(sparing: Bool = false) -> Bool {
    var isNews = false
    for (source, state) in zip(sources, states)
    where state == .notYet && !source.notes.isProducerGone.load(ordering: .relaxed) {
      let vain = source.notes.vainLooks.wrappingAdd(1, ordering: .relaxed).newValue
      if sparing, vain % Self.vainLooksPerSource != 0 { continue }
      if source.control.producerIsGone {
        source.notes.isProducerGone.store(true, ordering: .relaxed)
        isNews = true
      }
    }
    return isNews
  }

  /// The processes whose ends a sleeper waits for as well; nil when one is not known.
  var producerPeers: [Int32]? {
    var processes: [Int32] = []
    for (source, state) in zip(sources, states) where state == .notYet {
      guard let peers = source.control.producerPeers else { return nil }
      processes += peers
    }
    return processes
  }

  /// What to tell the caller, who thereby knows of every end among the states.
  func selection(_ verdict: Selection.Verdict) -> Selection {
    for (source, state) in zip(sources, states) where Self.isOver(state) {
      source.notes.isEndNoticed.store(true, ordering: .relaxed)
    }
    return Selection(verdict: verdict, states: states)
  }
}
