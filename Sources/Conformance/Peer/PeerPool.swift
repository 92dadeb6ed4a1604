// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import SharedMemory

/// Child processes to play parts, started ahead by a thread that lives as long as they.
public final class PeerPool: @unchecked Sendable {
  // Sendable: the variables are only touched with `condition` locked.
  private let condition = NSCondition()
  private let executable: String
  private let arguments: [String]
  private let spareCount: Int
  private var spares: [PeerProcess] = []
  private var waiting = 0
  private var failure: PeerFailure?
  private var isClosing = false
  private var spawner: ThreadBox?
  private(set) var startedCount = 0

  /// - Parameters:
  ///   - executable: runs ``ConformancePeer/run()`` when started with `arguments`.
  ///   - spareCount: processes kept ready; none before the first is asked for.
  public init(executable: String, arguments: [String], spareCount: Int = 4) {
    self.executable = executable
    self.arguments = arguments
    self.spareCount = max(1, spareCount)
  }

  /// A process that is idle.
  func take() throws(PeerFailure) -> PeerProcess {
    condition.lock()
    defer { condition.unlock() }
    if spawner == nil { try startSpawner() }
    waiting += 1
    defer { waiting -= 1 }
    condition.broadcast()
    while spares.isEmpty {
      if let failure { throw failure }
      condition.wait()
    }
    let peer = spares.removeLast()
    condition.broadcast()
    return peer
  }

  /// Takes back one that is idle again.
  func giveBack(_ peer: PeerProcess) {
    peer.board.reset()
    condition.lock()
    spares.append(peer)
    condition.broadcast()
    condition.unlock()
  }

  /// Ends all idle processes and the thread that starts them.
  public func close() {
    condition.lock()
    isClosing = true
    condition.broadcast()
    while spawner != nil { condition.wait() }
    spares.removeAll()
    isClosing = false
    condition.unlock()
  }

  private func startSpawner() throws(PeerFailure) {
    do throws(SharedMemoryError) {
      failure = nil
      spawner = try ThreadBox { [self] in serve() }
    } catch {
      throw .cannotStart(error.description)
    }
  }

  private func serve() {
    condition.lock()
    while !isClosing {
      if spares.count >= max(spareCount, waiting) || failure != nil {
        condition.wait()
        continue
      }
      condition.unlock()
      let made: Result<PeerProcess, PeerFailure>
      do throws(PeerFailure) {
        made = .success(try PeerProcess(executable, arguments))
      } catch {
        made = .failure(error)
      }
      condition.lock()
      switch made {
      case .success(let peer):
        spares.append(peer)
        startedCount += 1
      case .failure(let error): failure = error
      }
      condition.broadcast()
    }
    // Its children end with this thread: they must be reaped before.
    spares.removeAll()
    spawner = nil
    condition.broadcast()
    condition.unlock()
  }
}
