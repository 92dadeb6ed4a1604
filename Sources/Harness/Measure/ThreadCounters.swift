// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// What the kernel counts for one thread of a worker.
final class ThreadCounters {
  /// The kernel's number of the thread.
  let thread: String
  private let delay: CounterFile?
  private let scheduling: CounterFile?
  private let status: CounterFile?
  private let times: CounterFile?

  private init(_ folder: String, thread: String) {
    self.thread = thread
    let folder = "\(folder)/\(thread)"
    delay = CounterFile("\(folder)/schedstat")
    scheduling = CounterFile("\(folder)/sched")
    // Where the scheduler does not tell all, another file tells the switches.
    status = scheduling == nil ? CounterFile("\(folder)/status") : nil
    times = CounterFile("\(folder)/stat")
  }

  /// Those of all threads of a process; empty when it is gone.
  static func all(of process: UInt32) -> [ThreadCounters] {
    let folder = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return threads.map { ThreadCounters(folder, thread: $0) }
  }

  func reading(_ text: CounterText) -> Noise {
    var noise = Noise()
    if delay?.read(into: text) == true {
      // Time on a CPU, time runnable without one, turns.
      noise.runDelay = text.number("", at: 1)
    }
    if scheduling?.read(into: text) == true {
      noise.voluntarySwitches = text.number("nr_voluntary_switches")
      noise.involuntarySwitches = text.number("nr_involuntary_switches")
      noise.migrations = text.number("se.nr_migrations")
    } else if status?.read(into: text) == true {
      noise.voluntarySwitches = text.number("voluntary_ctxt_switches:")
      noise.involuntarySwitches = text.number("nonvoluntary_ctxt_switches:")
    }
    if times?.read(into: text) == true {
      // After the state: parent, group, session, terminal and its group, flags, minor faults, those of
      // children, major faults.
      noise.minorFaults = text.number(nil, at: 6)
      noise.majorFaults = text.number(nil, at: 8)
    }
    return noise
  }
}
