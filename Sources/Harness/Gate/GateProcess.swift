// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import SharedMemory
internal import Topology

/// A build in a process of its own, which dies with this object.
public final class GateProcess: GateContender {
  public let side: GateSide
  public let hello: LaunchHello
  private let path: String
  private var process: ChildProcess
  private let line: LineSocket

  /// Loading a large debug build and calibrating its clock, on a loaded machine.
  private static let helloDeadline = Nanoseconds.seconds(30)
  private static let checkDeadline = Nanoseconds.seconds(10)
  /// Beside a launch's own phases: everything its launcher grants, which then reports what hung.
  private static let launchGrace = Nanoseconds.seconds(120)

  /// Starts `path launch`.
  ///
  /// - Parameters:
  ///   - arguments: more of them, after `launch`.
  ///   - variables: added to its environment.
  ///   - interrupts: what ends a wait early.
  /// - Throws: `GateError` when it is no program, or does not speak the protocol in this version.
  public init(
    side: GateSide, path: String, arguments: [String] = [], variables: [String: String] = [:],
    interrupts: Interrupts? = nil
  ) throws(GateError) {
    self.side = side
    self.path = path
    guard unsafe access(path, X_OK) == 0, !Self.isDirectory(path) else {
      throw GateError(
        .usage,
        "--\(side == .head ? "head" : "base") \(path): no executable file; give the path of a built weir"
      )
    }
    let ends: (CInt, CInt)
    do {
      ends = try ByteChannel.makePair()
    } catch {
      throw GateError(.crashed, error.description)
    }
    defer { close(ends.1) }
    // The program reads and writes as from any pipe.
    _ = fcntl(ends.1, F_SETFL, fcntl(ends.1, F_GETFL) & ~O_NONBLOCK)
    line = LineSocket(ByteChannel(owning: ends.0), interrupts: interrupts)
    do {
      process = try ChildProcess(
        ChildProcess.Order(
          executable: path, arguments: [path, LaunchProtocol.command] + arguments,
          environment: Self.environment(with: variables), cpus: CPUSet(), descriptors: [],
          standardStreams: ends.1))
    } catch {
      throw GateError(
        .incompatible,
        "\(side.rawValue): \(path) cannot be started; is it a program for this machine?")
    }
    hello = try Self.greet(line, &process, side: side, path: path)
  }

  private static func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
    return exists && isDirectory.boolValue
  }

  /// A crash report of minutes would outlast every deadline.
  private static func environment(with variables: [String: String]) -> [String] {
    ProcessInfo.processInfo.environment.merging(variables) { $1 }
      .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.map { "\($0.key)=\($0.value)" }
  }

  private static func greet(
    _ line: LineSocket, _ process: inout ChildProcess, side: GateSide, path: String
  ) throws(GateError) -> LaunchHello {
    let stranger =
      "\(side.rawValue): \(path) does not speak \(LaunchProtocol.version) (`\(LaunchProtocol.command)`); "
      + "give two builds of weir from the version with `weir gate` on, or a program that implements it"
    guard case .line(let data) = try line.receive(within: helloDeadline, process.pidfd) else {
      let words = process.lastMessage().map { ": \($0)" } ?? ""
      throw GateError(.incompatible, "\(stranger)\(words)")
    }
    struct Version: Decodable { let `protocol`: String }
    guard let version = try? JSONDecoder().decode(Version.self, from: data) else {
      throw GateError(.incompatible, stranger)
    }
    guard version.protocol == LaunchProtocol.version else {
      throw GateError(
        .incompatible,
        "\(side.rawValue): \(path) speaks \(version.protocol), this weir \(LaunchProtocol.version); gate with "
          + "the weir of the newer build, or build both sides from revisions of one protocol")
    }
    do {
      return try JSONDecoder().decode(LaunchHello.self, from: data)
    } catch {
      throw GateError(
        .incompatible, "\(side.rawValue): \(path) says a hello that cannot be read: \(error)")
    }
  }

  public func check(_ cell: Cell) throws(GateError) -> LaunchReply {
    try ask(LaunchRequest(check: cell), within: Self.checkDeadline, about: cell)
  }

  public func launch(_ order: LaunchOrder) throws(GateError) -> LaunchReply {
    let limit = order.cell.launchEstimate.count + Self.launchGrace.count
    return try ask(LaunchRequest(launch: order), within: Nanoseconds(limit), about: order.cell)
  }

  private func ask(
    _ request: LaunchRequest, within limit: Nanoseconds, about cell: Cell
  ) throws(GateError) -> LaunchReply {
    guard let data = try? JSONLine.data(request) else {
      throw GateError(.usage, "\(cell.id): the cell has no JSON form")
    }
    guard line.send(data) else { throw death(cell) }
    switch try line.receive(within: limit, process.pidfd) {
    case .line(let data):
      do {
        return try JSONDecoder().decode(LaunchReply.self, from: data)
      } catch {
        throw GateError(
          .incompatible, "\(side.rawValue): \(path) gives an answer that cannot be read: \(error)")
      }
    case .ended: throw death(cell)
    case .late:
      throw GateError(
        .crashed,
        "\(side.rawValue): no answer in \(limit) about \(cell.id); its `launch` process hangs")
    }
  }

  private func death(_ cell: Cell) -> GateError {
    // Its streams may end a moment before the process does.
    var set = DescriptorSet()
    set.add(process.pidfd)
    set.wait(timeoutNanoseconds: Int64(Nanoseconds.seconds(1).count))
    let end =
      switch process.poll() {
      case .exited(let code): "exited with code \(code)"
      case .killed(let signal): "was killed by signal \(signal)"
      case nil: "closed its output"
      }
    let words = process.lastMessage().map { ": \($0)" } ?? ""
    return GateError(
      .crashed,
      "\(side.rawValue): its `launch` process \(end) at \(cell.id)\(words); run it by hand to see why"
    )
  }
}
