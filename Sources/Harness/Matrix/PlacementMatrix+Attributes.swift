// SPDX-License-Identifier: Apache-2.0
public import Topology

extension PlacementMatrix {
  /// What the CPUs of each node get from the memory of each node, as hwloc's memory attributes.
  ///
  /// hwloc asks what an initiator gets from a target. The initiator is a node's CPUs: there the
  /// customer sits, and the producer on the core nearest to it. The target is the node that holds the
  /// segment. Latency is the p50 of half a round trip of the smallest messages, in nanoseconds;
  /// bandwidth that of the stream of the largest, in MiB/s. So both are what a hand-over through that
  /// memory costs, which is more than what one access does. A placement that was not measured takes
  /// the value of its class; failed, invalid and unverified cells give none.
  public func memoryAttributes(
    on machine: Machine, classes: PlacementClasses
  ) -> [MemoryAttribute] {
    let times = series.filter { $0.first.latency == .halfRoundTrip }
      .min { $0.first.size < $1.first.size }
    let rates = series.filter { !$0.first.measuresTime }.max { $0.first.size < $1.first.size }
    var result: [MemoryAttribute] = []
    for (node, producer, customer) in classes.nearestPairs() {
      let initiator = machine.numaNodes[node].cpuset.intersection(machine.allowedCPUs)
      for home in classes.homes.map(\.logicalIndex) {
        guard let name = classes.name(producer: producer, customer: customer, node: home) else {
          continue
        }
        if let time = times?.value(ofClass: name) {
          result.append(
            MemoryAttribute(
              .latency, initiator: initiator, target: home, value: UInt64(time.rounded())))
        }
        if let rate = rates?.value(ofClass: name) {
          let mebibytes = (rate / 1_048_576).rounded()
          result.append(
            MemoryAttribute(
              .bandwidth, initiator: initiator, target: home, value: UInt64(mebibytes)))
        }
      }
    }
    return result
  }

  /// Where the values come from, to be kept beside them.
  public var attributeNotes: [(name: String, text: String)] {
    series.map { ("Weir", $0.heading) }
      + [
        ("WeirRun", run.header.id), ("WeirInitiator", "customer and nearest producer on its node"),
      ]
  }
}

extension PlacementMatrix.Series {
  /// The first verified value of a class.
  fileprivate func value(ofClass name: String) -> Double? {
    entries.first { $0.cell.cell.group == name && $0.isVerified && $0.value != nil }?.value?.value
  }
}
