// SPDX-License-Identifier: Apache-2.0
import Foundation
import Serialization
import SharedMemory
import Testing
import TransportPeer

@testable import Transport

/// A runtime directory of a test's own, gone with the last reference.
final class NameScratch: Sendable {
  let directory: RuntimeDirectory

  init() {
    directory = RuntimeDirectory(path: "/tmp/weir-test-\(UUID().uuidString)")
  }

  deinit { try? FileManager.default.removeItem(atPath: directory.path) }

  var path: String { directory.path }

  /// Starts a producer of numbered items in a process that inherits nothing, and waits until its
  /// name is there.
  func producer(
    _ name: String, capacity: Int = 16, byteCount: Int = 8, count: Int = -1, mode: String = "block"
  ) throws -> Child {
    let child = try Child.peer(
      ["publish", path, name, "\(capacity)", "\(byteCount)", "\(count)", mode])
    try child.await("published")
    return child
  }

  func customer(
    _ name: String, limit: Int, wait: String = "spin-park", mode: String = "leave"
  ) throws -> Child {
    try Child.peer(["attach", path, name, "\(limit)", wait, mode])
  }

  func cycles(_ name: String, _ cycles: Int, limit: Int, wait: String) throws -> Child {
    try Child.peer(["cycle", path, name, "\(cycles)", "\(limit)", wait])
  }
}

extension Child {
  struct NeverSaid: Error { let what: String }

  /// Waits until the child has said something, or has ended without saying it.
  func await(_ text: String) throws {
    while isRunning {
      if standardError.contains(text) { return }
      usleep(1000)
    }
    guard standardError.contains(text) else { throw NeverSaid(what: "\(text): \(standardError)") }
  }
}

/// The code of the memory layer's error that the body throws.
func memoryCode(_ body: () throws -> Void) -> SharedMemoryError.Code? {
  do {
    try body()
    return nil
  } catch {
    guard case .sharedMemory(let cause) = (error as? TransportError)?.code else { return nil }
    return cause.code
  }
}

/// What the body's error says; empty when there is none.
func complaint(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}
