// SPDX-License-Identifier: Apache-2.0

/// One matrix of a job: axes that multiply, rules that drop, and how each cell is measured.
public struct JobGroup: Sendable, Equatable {
  /// Nil for a file without groups.
  public let name: String?
  public let title: String?
  public let warmup: Nanoseconds
  public let measure: Nanoseconds
  public let slice: Nanoseconds
  public let launches: Int
  public let verification: Verification
  public let segmentLimit: ByteCount
  let axes: JobAxes
  let excludes: [Exclusion]

  /// - Parameter traces: reads what its loads replay.
  init(
    _ scope: JobScope, catalog: Catalog, traces: TraceReader, isGroup: Bool
  ) throws(HarnessError) {
    name = isGroup ? try scope.name?.text("name", example: "small-messages") : nil
    title = try scope.title.map { (node) throws(HarnessError) in
      try node.text("title", example: "Small messages")
    }
    let defaults = scope.defaults
    warmup =
      try defaults[.warmup]?.duration("warmup", in: JobLimits.warmups, example: "200ms")
      ?? .milliseconds(200)
    measure =
      try defaults[.measure]?.duration("measure", in: JobLimits.measures, example: "1s")
      ?? .seconds(1)
    // 100 ms is long against a scheduler tick and short against the drift of a busy host.
    slice =
      try defaults[.slice]?.duration("slice", in: JobLimits.slices, example: "100ms")
      ?? min(.milliseconds(100), measure)
    if slice > measure, let node = defaults[.slice] ?? defaults[.measure] {
      throw node.error(
        "a slice of \(slice) is longer than the measured \(measure)",
        remedy: "make slice at most \(measure)")
    }
    // Twelve launches give a 96.1 % interval from the 3rd to the 10th value.
    launches =
      try defaults[.launches]?.integer("launches", in: JobLimits.launches, example: "12") ?? 12
    let known = Verification.allCases.map(\.rawValue)
    let verify = try defaults[.verify]?.name("verify", known: known) ?? "full"
    verification = Verification(rawValue: verify) ?? .full
    segmentLimit =
      try scope.segmentLimit?.size(JobKeys.segmentLimit, example: "64MiB")
      ?? ByteCount(64 << 20)
    axes = try JobAxes(scope, catalog: catalog, traces: traces)
    var excludes: [Exclusion] = []
    for node in scope.excludes {
      excludes.append(try Exclusion(node, catalog: catalog, traces: traces))
    }
    self.excludes = excludes
  }
}
