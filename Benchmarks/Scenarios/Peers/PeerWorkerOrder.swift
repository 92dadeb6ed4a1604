// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Harness
internal import Topology

/// What one worker of a cell between processes will inherit.
struct PeerWorkerOrder {
  let role: String
  var lines: [OwnedDescriptor] = []
  private var outlets: [OwnedDescriptor] = []
  private var inlets: [OwnedDescriptor] = []
  private var outlet: PeerScenario.Share?
  private var inlet: PeerScenario.Share?
  private var channels: [any AnyObject & Sendable] = []

  init(_ role: String) { self.role = role }

  /// - Parameter channel: nil for peers that find each other by an address.
  mutating func sends(_ channel: PeerChannel?) {
    outlets = channel?.outlets ?? []
    outlet = PeerScenario.Share(descriptors: outlets.count, name: channel?.name ?? "")
    channels += [channel?.keeper].compactMap { $0 }
  }

  mutating func receives(_ channel: PeerChannel?, _ index: Int) {
    inlets = channel?.inlets ?? []
    inlet = PeerScenario.Share(
      descriptors: inlets.count, name: channel?.name ?? "", index: index)
    channels += [channel?.keeper].compactMap { $0 }
  }

  var keepers: [Any] { lines + outlets + inlets + channels }

  func staged(on cpus: CPUSet, _ kind: PeerKind) throws -> StagedWorker {
    let details = PeerScenario.Details(lines: lines.count, outlet: outlet, inlet: inlet)
    return StagedWorker(
      role: role, cpus: cpus,
      details: String(decoding: try JSONEncoder().encode(details), as: UTF8.self),
      descriptors: (lines + outlets + inlets).map(\.number),
      // ZeroMQ between processes has a thread of its own for what is on its way.
      threads: kind.usesZeroMQ ? 2 : 1)
  }
}
