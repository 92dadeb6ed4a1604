// SPDX-License-Identifier: Apache-2.0
//
// Which processes are at the other end of a ring, for sleepers who want to be rung when one ends. The
// kernel's locks alone say who is alive: a process number may be another's by now, and a wrong one
// costs no more than a look every five seconds in place of a hundred.
internal import Glibc

/// The space that process numbers are counted in: those of another container mean nothing here.
enum ProcessSpace {
  /// The inode of this process's PID namespace; 0 where /proc does not tell.
  static let current: UInt32 = {
    var status = stat()
    guard unsafe stat("/proc/self/ns/pid", &status) == 0 else { return 0 }
    return UInt32(truncatingIfNeeded: status.st_ino)
  }()

  /// A process number written by another process; nil when it means nothing here.
  static func process(_ number: SharedUInt32, in space: SharedUInt32) -> Int32? {
    let process = Int32(truncatingIfNeeded: number.loadRelaxed())
    let isKnown = process > 0 && current != 0 && space.loadRelaxed() == current
    return isKnown ? process : nil
  }
}

extension RingControl {
  /// Says that this process has the producer.
  package func noteProducer() {
    producerSpace.storeRelaxed(ProcessSpace.current)
    producerProcess.storeRelaxed(UInt32(bitPattern: getpid()))
  }

  /// The process whose end alone makes ``producerIsGone`` true without a ring; nil when that is not
  /// known, as before the producer attached.
  package var producerPeers: [Int32]? {
    // Acquire: pairs with the release in Producer.init, which is after the process was noted.
    guard producerState.loadAcquire() == ProducerState.attached.rawValue else { return nil }
    return ProcessSpace.process(producerProcess, in: producerSpace).map { [$0] }
  }

  /// The processes whose ends alone leave customers to be evicted without a ring; nil when that is
  /// not known, as while a place is promised.
  package var customerPeers: [Int32]? {
    var processes: [Int32] = []
    for index in 0..<placesInUse {
      let line = customer(index)
      guard line.holdsItems else { continue }
      // The process of a customer that is just attaching may be 0 still.
      guard line.state.loadAcquire() == CustomerLine.State.attached.rawValue,
        let process = ProcessSpace.process(line.process, in: line.space)
      else { return nil }
      processes.append(process)
    }
    return processes
  }
}

extension CustomerLine {
  /// Says that this process has the customer.
  package func noteProcess() {
    space.storeRelaxed(ProcessSpace.current)
    process.storeRelaxed(UInt32(bitPattern: getpid()))
  }
}
