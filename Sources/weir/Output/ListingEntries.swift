// SPDX-License-Identifier: Apache-2.0
internal import Harness
internal import SharedMemory

struct StoreEntry: ListingEntry {
  let name: String
  let capabilities: [String]
  let waits: [String]
  let serializers: [String]
  let workloads: [String]
  let backpressures: [String]
  let pages: [String]
  let replicas: [String]
  let loads: [String]
  let maximumMessage: Int?
  let maximumDepth: Int?
  let maximumProducers: Int
  let maximumCustomers: Int
  let unavailableReason: String?
  let summary: String

  enum CodingKeys: String, CodingKey {
    case name, capabilities, waits, serializers, workloads, backpressures, pages, replicas
    case loads, summary
    case maximumMessage = "maximum_message_bytes"
    case maximumDepth = "maximum_depth"
    case maximumProducers = "maximum_producers"
    case maximumCustomers = "maximum_customers"
    case unavailableReason = "unavailable_reason"
  }

  init(_ backend: Catalog.Backend) {
    name = backend.name
    // In the order of their declaration: a set has none.
    capabilities = Catalog.Capability.allCases.filter(backend.capabilities.contains).map(\.rawValue)
    waits = backend.waits
    serializers = backend.serializers
    workloads = backend.workloads
    backpressures = backend.backpressures.map(\.rawValue)
    pages = backend.pages.map(\.rawValue)
    replicas = backend.replicas.map(\.rawValue)
    loads = backend.loads
    maximumMessage = backend.maximumMessage?.bytes
    maximumDepth = backend.maximumDepth
    maximumProducers = backend.maximumProducers
    maximumCustomers = backend.maximumCustomers
    unavailableReason = backend.unavailable
    summary = backend.summary
  }

  static let columns = ["store", "what it is", "capabilities", "unavailable"]

  var fields: [String] {
    [name, summary, capabilities.joined(separator: " "), unavailableReason ?? ""]
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encode(capabilities, forKey: .capabilities)
    try values.encode(waits, forKey: .waits)
    try values.encode(serializers, forKey: .serializers)
    try values.encode(workloads, forKey: .workloads)
    try values.encode(backpressures, forKey: .backpressures)
    try values.encode(pages, forKey: .pages)
    try values.encode(replicas, forKey: .replicas)
    try values.encode(loads, forKey: .loads)
    try values.encode(maximumMessage, forKey: .maximumMessage)
    try values.encode(maximumDepth, forKey: .maximumDepth)
    try values.encode(maximumProducers, forKey: .maximumProducers)
    try values.encode(maximumCustomers, forKey: .maximumCustomers)
    try values.encode(unavailableReason, forKey: .unavailableReason)
    try values.encode(summary, forKey: .summary)
  }
}

struct SerializerEntry: ListingEntry {
  let name: String
  let sizeClass: String
  let summary: String

  enum CodingKeys: String, CodingKey {
    case name, summary
    case sizeClass = "size_class"
  }

  init(_ serializer: Catalog.Serializer) {
    name = serializer.name
    sizeClass = serializer.sizeClass
    summary = serializer.summary
  }

  static let columns = ["serializer", "class", "what it is"]
  var fields: [String] { [name, sizeClass, summary] }
}

struct WorkloadEntry: ListingEntry {
  let name: String
  let latency: String
  let summary: String

  init(_ workload: Catalog.Workload) {
    name = workload.name
    latency = workload.latency.rawValue
    summary = workload.summary
  }

  static let columns = ["workload", "latency", "what it is"]
  var fields: [String] { [name, latency, summary] }
}

struct WaitEntry: ListingEntry {
  let name: String
  let sleepsBetweenMessages: Bool
  let summary: String

  enum CodingKeys: String, CodingKey {
    case name, summary
    case sleepsBetweenMessages = "sleeps_between_messages"
  }

  init(_ wait: Catalog.Wait) {
    name = wait.name
    sleepsBetweenMessages = wait.sleepsBetweenMessages
    summary = wait.summary
  }

  static let columns = ["wait", "between messages", "what it is"]
  var fields: [String] { [name, sleepsBetweenMessages ? "sleeps" : "spins", summary] }
}
