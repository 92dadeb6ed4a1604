// SPDX-License-Identifier: Apache-2.0

/// Jobs for real runs.
enum RunJob {
  static let small = text(measure: "60ms", launches: 2)
  /// Long enough to do something to it, and never waited for.
  static let long = text(measure: "60s", launches: 3)
  /// Many short launches: most moments of it are starts and ends.
  static let busy = text(measure: "20ms", launches: 200)

  static func text(measure: String, launches: Int) -> String {
    """
    schema: 1
    name: run
    defaults: { warmup: 10ms, measure: \(measure), launches: \(launches), seed: 1 }
    axes: { store: [shm], serializer: [large], size: [64B] }

    """
  }
}
