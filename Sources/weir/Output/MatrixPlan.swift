// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Scenarios
internal import Topology

/// A matrix before anything is measured: the classes of placements, the plan, and what it costs.
struct MatrixPlan {
  let machine: Machine
  let classes: PlacementClasses
  /// Of one producer and several customers; none for one customer.
  let fanOut: [FanOutClass]
  let job: MatrixJob
  let planned: PlannedJob

  var plan: Plan { planned.plan }
  var model: DistanceModel { DistanceModel(machine) }
  var price: PlanPrice { PlanPrice(plan, need: WeirScenarios.need) }

  /// How one message reaches all customers, when each sits on a PU of its own; nil for one customer,
  /// and where no CPU belongs to a node.
  func fanOutEstimate(_ one: FanOutClass, sharesCaches: Bool) -> FanOutEstimate {
    FanOutEstimate(
      machine, producer: one.producerNode, home: one.homeNode,
      customersByNode: machine.spread(customers: job.customers), sharesCaches: sharesCaches)
  }

  /// Every class with the names of its seats and, on request, what the model expects of it.
  var rows: [Row] {
    guard fanOut.isEmpty else {
      return fanOut.map { Row(name: $0.name, $0.representative, count: $0.count) }
    }
    let model = model
    return classes.classes.map { one in
      Row(
        name: one.name, one.representative, count: one.count,
        latency: model.relativeLatency(of: one), bandwidth: model.relativeBandwidth(of: one))
    }
  }

  struct Row: Encodable {
    let name: String
    let producer: String
    let customer: String
    let segment: String
    let count: Int
    let latency: Double?
    let bandwidth: Double?

    init(
      name: String, _ placement: Placement, count: Int, latency: Double? = nil,
      bandwidth: Double? = nil
    ) {
      self.name = name
      producer = placement.producer.expression
      customer = placement.customer.expression
      segment = placement.home.description
      self.count = count
      self.latency = latency
      self.bandwidth = bandwidth
    }

    private enum CodingKeys: String, CodingKey {
      case name = "class"
      case producer, customer, segment
      case count = "placements"
      case latency = "model_relative_latency"
      case bandwidth = "model_relative_bandwidth"
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(name, forKey: .name)
      try values.encode(producer, forKey: .producer)
      try values.encode(customer, forKey: .customer)
      try values.encode(segment, forKey: .segment)
      try values.encode(count, forKey: .count)
      try values.encode(latency, forKey: .latency)
      try values.encode(bandwidth, forKey: .bandwidth)
    }
  }
}
