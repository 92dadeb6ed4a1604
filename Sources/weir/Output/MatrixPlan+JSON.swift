// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import Topology

extension MatrixPlan {
  /// The plan as other tools read it; what is not asked for or unknown is null.
  func record(estimate: Bool) -> Record {
    Record(
      machine: machine.fingerprint, origin: machine.origin.description, classes: rows,
      placements: fanOut.isEmpty ? classes.placementCount : fanOut.reduce(0) { $0 + $1.count },
      steps: classes.steps, plan: plan, price: estimate ? price : nil,
      isDistanceAssumed: model.isAssumed,
      fanOut: estimate && !fanOut.isEmpty ? fanOut.flatMap(fanOutRecords) : nil)
  }

  private func fanOutRecords(_ one: FanOutClass) -> [FanOutRecord] {
    [false, true].map {
      FanOutRecord(
        name: one.name, sharesCaches: $0, model: fanOutEstimate(one, sharesCaches: $0))
    }
  }

  struct FanOutRecord: Encodable {
    let name: String
    let sharesCaches: Bool
    let model: FanOutEstimate

    enum CodingKeys: String, CodingKey {
      case name = "class"
      case sharesCaches = "shares_caches"
      case model = "model_not_measured"
    }
  }

  struct Record: Encodable {
    let schema = "weir-matrix-plan/1"
    let machine: String
    let origin: String
    let classes: [Row]
    let placements: Int
    let steps: Int
    let plan: Plan
    let price: PlanPrice?
    let isDistanceAssumed: Bool
    let fanOut: [FanOutRecord]?

    private enum CodingKeys: String, CodingKey {
      case schema
      case machine = "machine_fingerprint"
      case origin, classes, placements
      case steps = "steps_to_classes"
      case plan, price
      case isDistanceAssumed = "distances_assumed"
      case fanOut = "fan_out"
    }

    func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(schema, forKey: .schema)
      try values.encode(machine, forKey: .machine)
      try values.encode(origin, forKey: .origin)
      try values.encode(classes, forKey: .classes)
      try values.encode(placements, forKey: .placements)
      try values.encode(steps, forKey: .steps)
      try values.encode(plan, forKey: .plan)
      try values.encode(price, forKey: .price)
      try values.encode(isDistanceAssumed, forKey: .isDistanceAssumed)
      try values.encode(fanOut, forKey: .fanOut)
    }
  }
}
