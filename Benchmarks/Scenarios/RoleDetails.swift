// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Harness
internal import Transport

/// The transport ends of one worker, as they travel from the harness to it.
struct RoleDetails: Codable {
  var sends: [ProducerHandover] = []
  var receives: [SourceHandover] = []
  /// Of the ring that this worker is at, where that is a replica; nil for the cell's own.
  var seating: Seating?
  /// Customers that a relay feeds.
  var relayedCustomers: Int?

  /// The descriptors to inherit, in the order in which ``renumbered(_:)`` hands them out again.
  var descriptors: [CInt] { sends.flatMap(\.descriptors) + receives.flatMap(\.descriptors) }

  var json: String {
    get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
  }

  /// The same ends with the numbers that the descriptors have in the worker.
  func renumbered(_ numbers: [CInt]) throws -> RoleDetails {
    guard numbers.count == descriptors.count else {
      throw LaunchError(
        .protocolViolation, "a worker misses descriptors of its transport; run again")
    }
    var copy = self
    var rest = numbers[...]
    for index in copy.sends.indices {
      copy.sends[index].descriptors = Array(rest.prefix(copy.sends[index].descriptors.count))
      rest = rest.dropFirst(copy.sends[index].descriptors.count)
    }
    for index in copy.receives.indices {
      copy.receives[index].descriptors = Array(rest.prefix(copy.receives[index].descriptors.count))
      rest = rest.dropFirst(copy.receives[index].descriptors.count)
    }
    return copy
  }
}
