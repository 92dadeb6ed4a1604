// SPDX-License-Identifier: Apache-2.0
internal import CBackend
internal import Glibc
internal import Harness

extension PeerTerms {
  /// What a channel is made for, in the contract's words.
  var pluginTerms: weir_backend_terms {
    weir_backend_terms(
      byte_count: UInt32(MemoryLayout<weir_backend_terms>.size),
      wait: BackendPlugin.bit(ofWait: wait),
      backpressure: UInt32(drops ? WEIR_BACKEND_DROPS_NEWEST : WEIR_BACKEND_BLOCKS),
      receivers: UInt32(customers), depth: UInt64(depth), item_bytes: UInt64(byteCount))
  }
}

/// Tells a plug-in, in the end, that nobody will attach any more.
private final class PluginChannelKeeper: Sendable {
  private let plugin: BackendPlugin
  private let grant: weir_backend_grant

  init(_ plugin: BackendPlugin, _ grant: weir_backend_grant) {
    self.plugin = plugin
    self.grant = grant
  }

  deinit {
    var grant = grant
    unsafe plugin.table.forget?(&grant)
  }
}

extension BackendPlugin {
  /// Makes an empty channel in this process, which its ends' processes inherit.
  func makeChannel(_ terms: PeerTerms) throws(PeerError) -> PeerChannel {
    var grant = weir_backend_grant()
    grant.byte_count = UInt32(MemoryLayout<weir_backend_grant>.size)
    var made = terms.pluginTerms
    guard let create = unsafe table.create else { throw Self.lacks("create") }
    let result = unsafe create(&made, &grant)
    guard result >= 0 else {
      throw .refused(
        terms.kind, "create", Int64(result), explanation(result),
        remedy: "see what its author says about it")
    }
    let count = Int(grant.descriptor_count)
    guard count <= Int(WEIR_BACKEND_DESCRIPTORS), Self.name(grant) != nil else {
      throw PeerError(
        .unavailable,
        "\(name): its create grants \(count) descriptors, or a name without an end; grant at most "
          + "\(WEIR_BACKEND_DESCRIPTORS), and end the name with a zero")
    }
    let descriptors = unsafe withUnsafeBytes(of: grant.descriptors) { bytes in
      unsafe bytes.bindMemory(to: Int32.self).prefix(count).map { OwnedDescriptor($0) }
    }
    for descriptor in descriptors where fcntl(descriptor.number, F_GETFD) < 0 {
      throw PeerError(
        .unavailable,
        "\(name): its create grants descriptor \(descriptor.number), which is not open; grant what is"
      )
    }
    var channel = PeerChannel(inlets: descriptors, outlets: descriptors)
    channel.name = Self.name(grant) ?? ""
    channel.keeper = PluginChannelKeeper(self, grant)
    return channel
  }

  /// Nil when it has no end.
  private static func name(_ grant: weir_backend_grant) -> String? {
    unsafe withUnsafeBytes(of: grant.name) { bytes in
      guard unsafe bytes.contains(0) else { return nil }
      return unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  static func lacks(_ function: String) -> PeerError {
    PeerError(
      .unavailable, "a plug-in without \(function) was loaded; run the same build throughout")
  }
}

/// One end of a plug-in's channel.
@safe
struct PluginEnd: ~Copyable {
  let pointer: UnsafeMutableRawPointer
  let plugin: BackendPlugin

  /// Attaches, and closes the descriptors that were lent for that.
  init(_ port: PeerPort, role: UInt32) throws(PeerError) {
    defer { for descriptor in port.lent { Glibc.close(descriptor) } }
    guard let plugin = port.terms.kind.plugin, let attach = unsafe plugin.table.attach else {
      throw BackendPlugin.lacks("attach")
    }
    var terms = port.terms.pluginTerms
    var grant = weir_backend_grant()
    grant.byte_count = UInt32(MemoryLayout<weir_backend_grant>.size)
    grant.descriptor_count = UInt32(port.lent.count)
    unsafe withUnsafeMutableBytes(of: &grant.descriptors) { bytes in
      unsafe port.lent.withUnsafeBytes { unsafe bytes.copyBytes(from: $0.prefix(bytes.count)) }
    }
    unsafe withUnsafeMutableBytes(of: &grant.name) { bytes in
      unsafe bytes.copyBytes(from: port.name.utf8.prefix(bytes.count - 1))
    }
    var end: UnsafeMutableRawPointer?
    let result = unsafe attach(&terms, &grant, role, UInt32(port.index), &end)
    guard result >= 0, let end = unsafe end else {
      throw .refused(
        port.terms.kind, "attach", Int64(result), plugin.explanation(result),
        remedy: "see what its author says about it")
    }
    unsafe pointer = end
    self.plugin = plugin
  }

  deinit { unsafe plugin.table.close?(pointer) }
}
