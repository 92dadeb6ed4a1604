// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Glibc

/// One of the kernel's files of counters, kept open to be read many times.
final class CounterFile {
  private let descriptor: CInt

  /// - Returns: nil when the kernel does not offer the file, or not to us.
  init?(_ path: String) {
    descriptor = unsafe weir_open_counters(path)
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// Reads the file anew.
  /// - Returns: false when it is gone, as that of a thread that has ended, or does not fit.
  func read(into text: CounterText) -> Bool {
    text.count = 0
    let got = unsafe text.buffer.withUnsafeMutableBufferPointer { buffer in
      unsafe weir_read_whole(descriptor, buffer.baseAddress, buffer.count)
    }
    text.count = Int(max(0, got))
    return got > 0
  }
}

/// The text of a counter file; one buffer serves all, since readings are taken while others wait.
final class CounterText {
  /// What takes longer to print than this, such as the interrupts of some hundred CPUs, is not read
  /// between slices.
  private static let capacity = 1 << 16

  fileprivate var buffer = [CChar](repeating: 0, count: CounterText.capacity)
  fileprivate var count = 0

  /// The number at a place, counted over runs of digits, behind a line's label; nil when there is none.
  ///
  /// - Parameter label: nil for what follows a process's name in parentheses.
  func number(_ label: String?, at place: CInt = 0) -> Int? {
    let value = unsafe buffer.withUnsafeBufferPointer { buffer in
      if let label { return unsafe weir_counter(buffer.baseAddress, count, label, place) }
      return unsafe weir_counter(buffer.baseAddress, count, nil, place)
    }
    return value < 0 ? nil : Int(value)
  }

  /// Interrupts of some CPUs, when the text is the table of them.
  func interrupts(of cpus: [UInt64]) -> Int? {
    let value = unsafe buffer.withUnsafeBufferPointer { buffer in
      unsafe weir_interrupt_count(buffer.baseAddress, count, cpus, cpus.count)
    }
    return value < 0 ? nil : Int(value)
  }
}
