// SPDX-License-Identifier: Apache-2.0
@testable import Harness

/// A run small enough to read and rich enough for every part of a page.
enum PageSample {
  private static let yaml = """
    schema: 1
    name: page
    title: What a page shows
    defaults: { launches: 6 }
    axes:
      workload: [stream, pingpong]
      store: [list, shm]
      serializer: [large]
      size: [64B, 4KiB, 1MiB]
    filter:
      exclude:
        - { workload: pingpong, size: 4KiB }
    """

  static func run() throws -> Run { try whole.get() }

  private static let whole = Result {
    var run = try SampleRun.run(yaml)
    let cells = run.cells.map { cell in
      (cell.cell, cell.samples.map { staged($0, cell.cell) })
    }
    let regimes = Regimes(samples: cells.flatMap(\.1))
    run.replaceCells(
      with: cells.map {
        RunCell($0.0, samples: $0.1, roofline: run.roofline, regimes: regimes)
      })
    return run
  }

  /// The fourth launch ran far apart; the shared-memory cells know their slices, and one is quarantined.
  private static func staged(_ record: LaunchRecord, _ cell: Cell) -> LaunchRecord {
    var record = record
    let reading = record.launch == 3 ? 240.0 : 65
    record.link = LinkFingerprint(cpus: [0, 1], before: reading, after: reading)
    guard cell.store == "shm" else { return record }
    for index in record.slices.indices {
      record.slices[index].begin = .milliseconds(101 * index)
      record.slices[index].link = SliceLink(before: reading, after: index == 7 ? 240 : reading)
      record.slices[index].noise = Noise(
        steal: index == 5 ? 12_000_000 : 0, runDelay: 25_000 * index, voluntarySwitches: 4,
        involuntarySwitches: index % 2, migrations: 0, minorFaults: 0, majorFaults: 0)
    }
    if record.launch == 1 { record.slices[5].quarantine = "steal 12 ms" }
    return record
  }
}
