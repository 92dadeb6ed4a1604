// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Serialization
internal import SharedMemory
internal import Transport

extension Peer {
  /// `fork`: takes tickets and a list customer to a forked child, as REIP does with its readers, and
  /// reports what each becomes there.
  static func fork() throws {
    var producer = try Producer<Frame>(ProducerConfiguration(capacity: 4))
    let tickets = try [StoreKind.list, .queue, .shm].map {
      try producer.makeSource(SourceConfiguration(store: $0, serializer: "raw"))
    }
    var customer = try Customer(
      producer.makeSource(SourceConfiguration(store: .list, serializer: "raw")))
    // Swift does not offer it, because little may be done in the child: this does no more.
    typealias Fork = @convention(c) () -> pid_t
    guard let symbol = dlsym(nil, "fork") else { return report("no fork") }
    let child = unsafeBitCast(symbol, to: Fork.self)()
    if child == 0 {
      for ticket in tickets {
        report("customer \(ticket.context.rawValue): \(code { _ = try Customer(ticket) })")
        report("handover: \(code { _ = try ticket.handover() })")
      }
      do throws(TransportError) {
        _ = try customer.get(timeout: .never)
      } catch {
        report("get: \(error.code)")
      }
      _exit(0)
    }
    var status: CInt = 0
    waitpid(child, &status, 0)
    // The parent's ends are none the worse.
    _ = try producer.put(Payload.number(5), timeout: .now)
    let frame = try customer.get(timeout: .now).value
    report("parent: \(frame.map(Payload.number(of:)) ?? -1)")
  }

  private static func code(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "none"
    } catch {
      return (error as? TransportError).map { "\($0.code)" } ?? "\(error)"
    }
  }
}
