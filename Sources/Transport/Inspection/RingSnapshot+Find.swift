// SPDX-License-Identifier: Apache-2.0
public import SharedMemory

extension RingSnapshot {
  /// Every ring of this user: published ones by name, then those without a name, then names whose
  /// ring is gone.
  /// - Throws: `.sharedMemory` with `notPermitted` when the directory of names is not private.
  public static func all(
    in directory: RuntimeDirectory = .standard
  ) throws(TransportError) -> [RingSnapshot] {
    let found = try TransportError.wrapping { () throws(SharedMemoryError) in
      let all = try FoundRing.all(in: directory)
      return Found(rings: all.rings, lost: all.lost)
    }
    return found.rings.compactMap { RingSnapshot(of: $0) }
      + found.lost.map(RingSnapshot.init(lost:))
  }

  private struct Found {
    let rings: [FoundRing]
    let lost: [NamedRing]
  }

  /// The ring published under a name.
  /// - Throws: `.sharedMemory` with `nameAbsent`, and the nearest name, or with `notPermitted`.
  public static func named(
    _ name: String, in directory: RuntimeDirectory = .standard
  ) throws(TransportError) -> RingSnapshot {
    let isThere = try TransportError.wrapping { () throws(SharedMemoryError) in
      try NamedRing.find(name, in: directory) != nil
    }
    if isThere, let ring = try all(in: directory).first(where: { $0.name == name }) { return ring }
    throw try TransportError.wrapping { () throws(SharedMemoryError) in
      TransportError(try NamedRing.absent(name, in: directory))
    }
  }

  /// The rings that a process produces or reads.
  public static func ofProcess(
    _ process: Int32, in directory: RuntimeDirectory = .standard
  ) throws(TransportError) -> [RingSnapshot] {
    try all(in: directory).filter { $0.producer == process || $0.processes.contains(process) }
  }

  /// Nil when the ring is gone by now.
  private init?(of found: FoundRing) {
    do throws(SharedMemoryError) {
      guard let segment = try found.segment() else { return nil }
      self.init(of: try RingControl(attaching: segment))
    } catch {
      self.init(state: .corrupt)
      problem = error.description
    }
    name = found.name?.name
    processes = found.processes
    if let record = found.name?.record { producer = record.process }
  }

  /// A name without a ring.
  private init(lost name: NamedRing) {
    self.init(state: .stale)
    self.name = name.name
    producer = name.record?.process
    problem =
      name.isHeld
      ? "its ring cannot be seen from here: it is another PID namespace's"
      : "its producer is gone; remove the name with `weir clean`"
  }

  private init(state: State) { self.state = state }
}
