// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Foundation
internal import Glibc
internal import SharedMemory

/// A child process that plays a customer's or a producer's part; it dies with this process.
final class PeerProcess: @unchecked Sendable {
  // Sendable: handed from one thread to the next by the pool, and used by one at a time.
  let identifier: pid_t
  let board: PeerBoard
  private let pidfd: CInt
  private let messages: CInt
  private let parcels: ByteChannel
  private var link: PeerLink
  private(set) var isReaped = false

  /// Descriptors that this process keeps open for a peer.
  static let descriptorCount = 5

  /// Starts one. The calling thread must outlive it: the kernel ends it with that thread.
  init(_ executable: String, _ arguments: [String]) throws(PeerFailure) {
    let board: Segment
    let (control, parcels): ((CInt, CInt), (CInt, CInt))
    do throws(SharedMemoryError) {
      board = try Segment.create(byteCount: PeerBoard.byteCount, label: "peer-board")
      control = try ByteChannel.makePair()
      parcels = try ByteChannel.makePair()
    } catch {
      throw .cannotStart(error.description)
    }
    let output = unsafe weir_memfd_create("weir-peer-messages")
    self.board = PeerBoard(board)
    self.parcels = ByteChannel(owning: parcels.0)
    link = PeerLink(owning: control.0)
    messages = output
    identifier = Self.spawn(
      executable, arguments, [control.1, parcels.1, board.descriptor], output)
    close(control.1)
    close(parcels.1)
    pidfd = identifier > 0 ? weir_open_pidfd(identifier) : -1
    guard identifier > 0, pidfd >= 0 else {
      isReaped = true
      let reason = unsafe String(cString: strerror(-identifier))
      throw .cannotStart("\(executable): \(reason)")
    }
  }

  deinit {
    kill()
    if pidfd >= 0 { close(pidfd) }
    close(messages)
  }

  private static func spawn(
    _ executable: String, _ arguments: [String], _ descriptors: [CInt], _ output: CInt
  ) -> pid_t {
    let names = ["LD_LIBRARY_PATH", "PATH", "ASAN_OPTIONS", "TSAN_OPTIONS", "WEIR_MUTANT"]
    let inherited = names.compactMap { name in
      ProcessInfo.processInfo.environment[name].map { "\(name)=\($0)" }
    }
    return ProcessOrder(
      executable: executable, arguments: [executable] + arguments,
      environment: inherited + ["SWIFT_BACKTRACE=enable=no"], descriptors: descriptors,
      standardError: output
    ).start().process
  }

  func signal(_ number: CInt) { _ = weir_pidfd_kill(pidfd, number) }

  /// Kills it and waits for its end.
  func kill() {
    guard !isReaped else { return }
    signal(SIGKILL)
    reap()
  }

  private func reap() {
    var (code, signalled): (CInt, CInt) = (0, 0)
    _ = unsafe weir_reap(pidfd, 1, &code, &signalled)
    isReaped = true
  }

  /// Gives an order without waiting for the answer.
  func send(_ order: PeerOrder, _ payload: Data? = nil) throws(PeerFailure) {
    do throws(SharedMemoryError) {
      try parcels.pass(order.descriptors)
    } catch {
      throw failure(.gone(error.description))
    }
    do throws(PeerFailure) {
      try link.send(order, payload, deadline: MonotonicTime.nanoseconds() + 10_000_000_000)
    } catch {
      throw failure(error)
    }
  }

  /// Waits for an answer.
  func receive(withinNanoseconds limit: Int64) throws(PeerFailure) -> (PeerReply, Data) {
    do throws(PeerFailure) {
      return try link.receive(
        PeerReply.self, deadline: MonotonicTime.nanoseconds() + limit)
    } catch {
      throw failure(error)
    }
  }

  /// The failure in the words of the process that failed.
  private func failure(_ failure: PeerFailure) -> PeerFailure {
    guard case .gone(let reason) = failure, !isReaped else { return failure }
    // Its channel is closed: it has ended or is about to.
    var (code, signalled): (CInt, CInt) = (0, 0)
    for _ in 0..<1000 {
      guard unsafe weir_reap(pidfd, 0, &code, &signalled) == -EAGAIN else { break }
      Pause.aMoment()
    }
    isReaped = true
    let end = signalled != 0 ? "signal \(code)" : "exit \(code)"
    return .gone([end, lastMessage() ?? reason].joined(separator: ": "))
  }

  private func lastMessage() -> String? {
    let size = Int(clamping: weir_file_size(messages))
    guard size > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: min(size, 4096))
    let count = unsafe pread(messages, &bytes, bytes.count, 0)
    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline)
    return (lines.first { $0.contains("Fatal error") } ?? lines.first).map(String.init)
  }
}
