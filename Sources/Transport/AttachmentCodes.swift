// SPDX-License-Identifier: Apache-2.0
internal import SharedMemory

// How a customer is attached, as the numbers in its line: zero is "not said", so that a fresh line
// claims nothing. Only for people to read; nothing is decided by them.

extension StoreKind {
  var code: UInt32 {
    switch self {
    case .list: 1
    case .queue: 2
    case .shm: 3
    }
  }

  init?(code: UInt32) {
    guard let kind = Self.allCases.first(where: { $0.code == code }) else { return nil }
    self = kind
  }
}

extension Strategy {
  var code: UInt32 {
    switch self {
    case .all: 1
    case .latest: 2
    case .skip: 3
    case .named: 4
    }
  }

  var skipCode: UInt32 {
    if case .skip(let count) = self { count } else { 0 }
  }

  init?(code: UInt32, skip: UInt32) {
    switch code {
    case 1: self = .all
    case 2: self = .latest
    case 3: self = .skip(count: skip)
    // Which one is not said: names are longer than a word.
    case 4: self = .named("user")
    default: return nil
    }
  }
}

extension CustomerLine {
  /// Says how the place is about to be used, with its counts at zero. For its owner.
  func describe(_ source: SourceConfiguration) {
    skipped.storeRelaxed(0)
    dropped.storeRelaxed(0)
    process.storeRelaxed(0)
    store.storeRelaxed(source.store.code)
    strategy.storeRelaxed(source.strategy.code)
    skip.storeRelaxed(source.strategy.skipCode)
  }
}
