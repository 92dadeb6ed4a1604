// SPDX-License-Identifier: Apache-2.0
internal import CBackend
internal import Foundation
internal import Harness

/// A store that was loaded from a shared object, as `weir_backend.h` describes it.
@safe
final class BackendPlugin: @unchecked Sendable {
  // Sendable: nothing changes after loading, and the contract lets every function be called from any thread.
  let table: weir_backend_v1
  let name: String
  /// As somebody wrote it.
  let path: String
  /// Its place among those that this process has loaded.
  let number: Int

  struct Promises: OptionSet {
    let rawValue: UInt32
    static let ordered = Promises(rawValue: UInt32(WEIR_BACKEND_ORDERED))
    static let exactlyOnce = Promises(rawValue: UInt32(WEIR_BACKEND_EXACTLY_ONCE))
    static let blocks = Promises(rawValue: UInt32(WEIR_BACKEND_BLOCKS))
    static let dropsNewest = Promises(rawValue: UInt32(WEIR_BACKEND_DROPS_NEWEST))
    static let noticesDeath = Promises(rawValue: UInt32(WEIR_BACKEND_NOTICES_DEATH))
    static let null = Promises(rawValue: UInt32(WEIR_BACKEND_NULL))
  }

  init(_ table: weir_backend_v1, path: String, number: Int) {
    unsafe self.table = unsafe table
    name = unsafe String(cString: table.name)
    self.path = path
    self.number = number
  }

  func promises(_ wanted: Promises) -> Bool {
    Promises(rawValue: unsafe table.promises).isSuperset(of: wanted)
  }

  /// Whether it moves nothing.
  var isNull: Bool { promises(.null) }

  /// `pthread-queue 1.0`.
  var label: String {
    guard let edition = unsafe table.edition else { return name }
    return unsafe "\(name) \(String(cString: edition))"
  }

  private static let waits: [(bit: UInt32, name: String)] = [
    (UInt32(WEIR_BACKEND_PARK), "park"), (UInt32(WEIR_BACKEND_SPIN), "spin"),
    (UInt32(WEIR_BACKEND_SPIN_PARK), "spin-park"),
  ]

  static func bit(ofWait name: String) -> UInt32 { waits.first { $0.name == name }?.bit ?? 0 }

  /// What it can do in a job.
  var backend: Catalog.Backend {
    let isWhole = promises([.ordered, .exactlyOnce])
    var capabilities: Set<Catalog.Capability> =
      isNull ? [.null, .sameProcess] : [.peer, .crossProcess]
    if unsafe table.receive != nil, !isNull { capabilities.insert(.zeroCopyRead) }
    var backend = Catalog.Backend(
      name: name, capabilities: capabilities,
      waits: Self.waits.filter { unsafe table.waits & $0.bit != 0 }.map(\.name),
      serializers: ["raw"],
      workloads: isNull ? ["stream"] : isWhole ? ["stream", "pingpong"] : [])
    backend.summary = unsafe table.summary.map { unsafe String(cString: $0) } ?? "a plug-in"
    backend.loads = isNull ? ["closed"] : ["closed", "open"]
    backend.backpressures =
      (promises(.blocks) ? [.block] : []) + (promises(.dropsNewest) ? [.dropNewest] : [])
    unsafe backend.maximumMessage =
      table.max_item_bytes == 0 ? nil : ByteCount(Int(clamping: table.max_item_bytes))
    unsafe backend.maximumDepth =
      table.max_depth == 0 ? nil : max(1, Int(clamping: table.max_depth))
    backend.maximumCustomers = isNull ? 1 : Int(unsafe table.max_receivers)
    backend.reasons[.serializer] = "carries plain bytes; compare it with shm and raw"
    if !isNull, !isWhole {
      backend.reasons[.workload] =
        "does not promise order and that everything arrives once, which every measurement verifies"
    }
    if let reason = unsafe table.unavailable?() {
      backend.unavailable = unsafe String(cString: reason)
    }
    return backend
  }

  /// Its own words for an error before there was an end.
  func explanation(_ error: Int32) -> String? { unsafe explanation(nil, error) }

  /// Its own words for an error of an end.
  func explanation(_ end: UnsafeMutableRawPointer?, _ error: Int32) -> String? {
    guard let words = unsafe table.explain?(end, error) else { return nil }
    return unsafe String(cString: words)
  }
}
