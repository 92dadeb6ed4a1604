// SPDX-License-Identifier: Apache-2.0
internal import Serialization
internal import SharedMemory
internal import Transport

/// One item that cannot be encoded or decoded is one error.
enum SerializerChecks {
  static let all = [
    Check(
      "encode-failure", "an item that cannot be encoded is one typed error, and harms no other",
      axes: [.serializer, .context], serializers: ["check-encode-sized", "check-encode-unsized"],
      exemption: encodesNothing, encode),
    Check(
      "decode-failure", "an item that cannot be decoded is one typed error, and the next arrives",
      axes: [.context], serializers: ["check-decode"], exemption: encodesNothing, decode),
  ]

  @Sendable private static func encodesNothing(_ store: StoreKind) -> String? {
    store == .list ? "it encodes nothing" : nil
  }

  static func encode(_ stage: Stage) throws(Violation) {
    TroubledSerializer.register()
    // Room for two: what a failed item took must be given back.
    let sender = try stage.sender(capacity: 2)
    let customer = try sender.customer()
    let isQueue = stage.example.store == .queue
    // Only a queue has a serializer per customer.
    let other = isQueue ? try sender.customer(serializer: "raw") : nil
    for round in 0..<3 {
      for number in 0..<5 {
        guard number == TroubledSerializer.refused, !isQueue else {
          try sender.publish(number..<number + 1)
          try read(customer, number, fails: number == TroubledSerializer.refused)
          try other?.take([number])
          continue
        }
        let error = try stage.failing("the put of item 2") { () throws(TransportError) in
          _ = try sender.end.put(Specimen.frame(number), timeout: Stage.patience)
        }
        try stage.expect(
          error.code, .serialization(TroubledSerializer.refusal), "the error of round \(round)")
        try stage.expect(sender.end.isFull, false, "isFull after a failed put")
      }
    }
    sender.end.end()
    try customer.expectEnd()
    try other?.expectEnd()
  }

  static func decode(_ stage: Stage) throws(Violation) {
    TroubledSerializer.register()
    let sender = try stage.sender(capacity: 8)
    let customer = try sender.customer()
    try sender.publish(0..<6)
    for number in 0..<6 {
      let got = try failure(customer)
      guard number == TroubledSerializer.refused else {
        try stage.expect(got == nil, "item \(number)", found: "\(got.map { "\($0)" } ?? "")")
        try customer.take([number])
        continue
      }
      try stage.expect(
        got?.code, TroubledSerializer.refusal.code, "the code of the error of item \(number)")
      customer.next()
    }
  }

  private static func read(_ customer: Receiver, _ number: Int, fails: Bool) throws(Violation) {
    let stage = customer.stage
    guard fails else { return try customer.take([number]) }
    for _ in 0..<2 {
      let error = try failure(customer)
      try stage.expect(
        error?.code, TroubledSerializer.refusal.code, "the code of the error of item \(number)")
      let cause = error?.remoteCause ?? ""
      try stage.expect(
        cause.contains("is refused"), "the remote cause in the error", found: "'\(cause)'")
    }
    customer.next()
  }

  /// What the serializer said, when the get fails.
  private static func failure(_ customer: Receiver) throws(Violation) -> SerializationError? {
    let end = try customer.attached()
    do throws(TransportError) {
      _ = try end.get(timeout: Stage.patience)
      return nil
    } catch {
      if case .serialization(let cause) = error.code { return cause }
      throw customer.stage.violation("a serialization error", "\(error.code): \(error)")
    }
  }
}
