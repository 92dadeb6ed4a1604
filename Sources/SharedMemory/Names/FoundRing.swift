// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// A ring that some process of this user has open, with its name if it has one.
///
/// Found through the links of `/proc/PID/fd`, so a ring that nobody published is there too, for as
/// long as anybody holds it.
public struct FoundRing: Hashable, Sendable {
  /// Nil for a ring that was not published, or whose name was taken over.
  public var name: NamedRing?
  /// Processes that have it open, in the order of their numbers.
  public let processes: [Int32]
  /// One of them opens it.
  private let path: String
  private let identity: FileIdentity

  /// What a descriptor of a ring links to; see `Segment.create` and `RingControl`.
  private static let link = "/memfd:weir-ring (deleted)"

  /// Every ring of this user, published ones first, by name.
  /// - Throws: `.notPermitted` when the directory of names is not this user's alone.
  public static func all(
    in directory: RuntimeDirectory = .standard
  ) throws(SharedMemoryError) -> (rings: [FoundRing], lost: [NamedRing]) {
    var names = try NamedRing.all(in: directory)
    var rings = open()
    for index in rings.indices {
      let identity = rings[index].identity
      guard let place = names.firstIndex(where: { $0.record?.segment == identity }) else {
        continue
      }
      rings[index].name = names.remove(at: place)
    }
    let named = rings.filter { $0.name != nil }.sorted {
      ($0.name?.name ?? "") < ($1.name?.name ?? "")
    }
    return (named + rings.filter { $0.name == nil }, names)
  }

  private static func open() -> [FoundRing] {
    var paths: [FileIdentity: (path: String, processes: [Int32])] = [:]
    var order: [FileIdentity] = []
    for process in ProcessFiles.processes(of: geteuid()) {
      for descriptor in ProcessFiles.descriptors(of: process) {
        let path = "/proc/\(process)/fd/\(descriptor)"
        guard ProcessFiles.target(path) == link, let identity = FileIdentity(path: path) else {
          continue
        }
        if paths[identity] == nil { order.append(identity) }
        var found = paths[identity] ?? (path, [])
        if found.processes.last != process { found.processes.append(process) }
        paths[identity] = found
      }
    }
    return order.compactMap { identity in
      paths[identity].map {
        FoundRing(name: nil, processes: $0.processes, path: $0.path, identity: identity)
      }
    }
  }

  private init(name: NamedRing?, processes: [Int32], path: String, identity: FileIdentity) {
    self.name = name
    self.processes = processes
    self.path = path
    self.identity = identity
  }

  /// Maps the ring for looking only.
  /// - Returns: nil when its last holder has gone since it was found.
  public func segment() throws(SharedMemoryError) -> Segment? {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    guard FileIdentity(descriptor: descriptor) == identity else {
      close(descriptor)
      return nil
    }
    return try Segment.attach(descriptor: descriptor, readOnly: true)
  }

  /// Where the process's descriptor leads, for messages.
  public var origin: String { path }
}
