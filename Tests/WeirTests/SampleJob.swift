// SPDX-License-Identifier: Apache-2.0

/// A small job and a described machine that can host all of it.
enum SampleJob {
  static let yaml = """
    schema: 1
    name: sample
    defaults: { warmup: 10ms, measure: 50ms, launches: 3, seed: 1 }
    axes: { store: [queue, shm], serializer: [small, large], size: [64B, 4KiB] }

    """

  static let machine = "package:2 numa:2 core:4 pu:2"

  static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(yaml, to: "job.yaml")
    return scratch
  }
}
