// SPDX-License-Identifier: Apache-2.0
//
// The two ends of a plug-in's channel: one call across the border for each message and function.
internal import CBackend
internal import Glibc
internal import Harness

@safe
struct PluginOutlet: ~Copyable, PeerOutlet {
  private let port: PluginEnd
  private let sending:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer?, UInt64, Int64) -> Int32
  private let finishing: @convention(c) (UnsafeMutableRawPointer?, Int64) -> Int32

  static func make(_ port: PeerPort) throws(PeerError) -> PluginOutlet {
    let end = try PluginEnd(port, role: UInt32(WEIR_BACKEND_SENDER))
    guard let send = unsafe end.plugin.table.send, let finish = unsafe end.plugin.table.finish
    else { throw BackendPlugin.lacks("send and finish") }
    return unsafe PluginOutlet(end: end, sending: send, finishing: finish)
  }

  private init(
    end: consuming PluginEnd,
    sending:
      @escaping @convention(c) (UnsafeMutableRawPointer?, UnsafeRawPointer?, UInt64, Int64) -> Int32,
    finishing: @escaping @convention(c) (UnsafeMutableRawPointer?, Int64) -> Int32
  ) {
    unsafe self.sending = sending
    unsafe self.finishing = finishing
    port = end
  }

  mutating func send(_ bytes: UnsafeRawBufferPointer) -> Int64 {
    let result = unsafe sending(
      port.pointer, bytes.baseAddress, UInt64(bytes.count), PeerTerms.patienceNanoseconds)
    return result == 0 ? Int64(bytes.count) : refusal(result)
  }

  mutating func end() -> Int64? {
    let result = unsafe finishing(port.pointer, PeerTerms.patienceNanoseconds)
    return result == 0 ? 0 : refusal(result)
  }

  /// More than 0 is not in the contract.
  private func refusal(_ result: Int32) -> Int64 { result < 0 ? Int64(result) : -Int64(EPROTO) }

  func explanation(_ error: CInt) -> String? {
    unsafe port.plugin.explanation(port.pointer, -error)
  }
}

@safe
struct PluginInlet: ~Copyable, PeerInlet {
  private let end: PluginEnd
  private let table: weir_backend_v1
  private let room: PeerRoom
  private let byteCount: Int
  private var view = unsafe weir_backend_view()
  private var holds = false
  private(set) var message: UnsafeRawPointer

  static func make(_ port: PeerPort) throws(PeerError) -> PluginInlet {
    let end = try PluginEnd(port, role: UInt32(WEIR_BACKEND_RECEIVER))
    return PluginInlet(end: end, byteCount: port.terms.byteCount)
  }

  private init(end: consuming PluginEnd, byteCount: Int) {
    unsafe table = unsafe end.plugin.table
    self.end = end
    self.byteCount = byteCount
    room = PeerRoom(byteCount: byteCount)
    unsafe message = UnsafeRawPointer(room.start)
  }

  static var knowsTheEnd: Bool { true }

  mutating func receive() -> Int64 {
    if holds { release() }
    guard let receive = unsafe table.receive else { return receiveInto() }
    let result = unsafe receive(end.pointer, &view, PeerTerms.patienceNanoseconds)
    guard result == WEIR_BACKEND_MESSAGE else { return Self.refusal(result) }
    holds = true
    guard let bytes = unsafe view.bytes else { return Self.nonsense }
    unsafe message = bytes
    return Self.length(unsafe view.byte_count)
  }

  private mutating func receiveInto() -> Int64 {
    guard let receive = unsafe table.receive_into else { return -Int64(ENOSYS) }
    var length: UInt64 = 0
    let result = unsafe receive(
      end.pointer, room.start, UInt64(byteCount), &length, PeerTerms.patienceNanoseconds)
    return result == WEIR_BACKEND_MESSAGE ? Self.length(length) : Self.refusal(result)
  }

  /// A length that no message has: what came is taken for damaged.
  private static let nonsense = Int64.max

  private static func length(_ count: UInt64) -> Int64 {
    count == 0 ? nonsense : Int64(clamping: count)
  }

  private static func refusal(_ result: Int32) -> Int64 {
    result <= 0 ? Int64(result) : -Int64(EPROTO)
  }

  mutating func release() {
    guard holds else { return }
    holds = false
    unsafe table.release?(end.pointer, &view)
  }

  func explanation(_ error: CInt) -> String? { unsafe end.plugin.explanation(end.pointer, -error) }
}
