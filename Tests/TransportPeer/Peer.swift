// SPDX-License-Identifier: Apache-2.0
internal import CLinux
internal import Foundation
internal import Glibc
internal import Pipeline
internal import Serialization
internal import SharedMemory
internal import Transport

/// The other process of a test: `TransportPeer ROLE ARGUMENT…`. Descriptors arrive as 3, 4, …; what
/// it found goes to standard error as one line.
@main
public struct Peer {
  public static func main() {
    Stages.register()
    StageMain.runIfAsked()
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      switch arguments.first {
      case "customer": try customer(arguments)
      case "producer": try producer(arguments)
      case "parent": try parent()
      case "leaks": try countLeaks()
      case "renumber": try renumber()
      case "lock": try holdLock(arguments)
      case "sealed": try sealed(Int(arguments[1])!)
      case "fork": try fork()
      case "publish": try publish(arguments)
      case "attach": try attach(arguments)
      case "cycle": try cycleAttachments(arguments)
      case "replicate": try replicate(arguments)
      default: report("unknown role")
      }
    } catch {
      report("error: \(error)")
      exit(1)
    }
  }

  static func report(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }

  private static func inherited(_ count: Int) -> [CInt] { (0..<CInt(count)).map { 3 + $0 } }

  /// `customer HANDOVER BYTES KILL_AFTER`: reads to the end, or kills itself while it holds an item.
  private static func customer(_ arguments: [String]) throws {
    var handover = try JSONDecoder().decode(SourceHandover.self, from: Data(arguments[1].utf8))
    handover.descriptors = inherited(handover.descriptors.count)
    let (byteCount, killAfter) = (Int(arguments[2])!, Int(arguments[3])!)
    var customer = try Customer<Frame>(handover)
    var (items, wrong) = (0, 0)
    var status = ""
    while status.isEmpty {
      do throws(TransportError) {
        switch try customer.get(timeout: .after(.seconds(60))) {
        case .item(let frame), .byDefault(let frame):
          if !Payload.matches(frame, items, count: byteCount) { wrong += 1 }
          items += 1
          if items == killAfter { kill(getpid(), SIGKILL) }
          customer.next()
        case .timedOut: status = "timedOut"
        case .ended: status = "ended"
        }
      } catch {
        status = "\(error.code)"
      }
    }
    report("items=\(items) wrong=\(wrong) status=\(status)")
  }

  /// `producer HANDOVER BYTES COUNT end|die|drain-die|stop`.
  private static func producer(_ arguments: [String]) throws {
    var handover = try JSONDecoder().decode(ProducerHandover.self, from: Data(arguments[1].utf8))
    handover.descriptors = inherited(handover.descriptors.count)
    let (byteCount, count) = (Int(arguments[2])!, Int(arguments[3])!)
    var producer = try Producer<Frame>.attach(handover)
    var published = 0
    for index in 0..<count {
      let frame = try Payload.frame(index, count: byteCount)
      if try producer.put(frame, timeout: .after(.seconds(60))) == .published { published += 1 }
    }
    switch arguments[4] {
    case "end":
      producer.end()
      report("drained=\(producer.drain(timeout: .after(.seconds(60))))")
    case "drain-die":
      _ = producer.drain(timeout: .after(.seconds(60)))
      kill(getpid(), SIGKILL)
    case "stop":
      // Once the first item was taken, nobody here answers any more.
      while producer.count == count { poll(nil, 0, 1) }
      kill(getpid(), SIGSTOP)
    default: kill(getpid(), SIGKILL)
    }
    report("published=\(published) evicted=\(producer.evictedCount)")
  }

  /// Starts a child that is to die with this process, lets it inherit descriptor 3, and waits.
  private static func parent() throws {
    let child = try Child("/bin/sleep", ["1000"], descriptors: [3], killWithParent: true)
    close(3)
    report("child=\(child.pid)")
    while true { pause() }
  }

  /// `renumber`: passes files of 3, 4 and 5 bytes, which are descriptors 3, 4 and 5 here, on in
  /// several orders to a child that reports the sizes it finds behind 3, 4 and 5.
  private static func renumber() throws {
    for number in CInt(3)...5 {
      let file = weir_memfd_create("file")
      ftruncate(file, off_t(number))
      if file != number {
        dup2(file, number)
        close(file)
      }
    }
    for order in [[5, 3, 4], [4, 4, 3], [3, 4, 5], [3, 3, 3]] as [[CInt]] {
      let paths = (3...5).map { "/proc/self/fd/\($0)" }.joined(separator: " ")
      let child = try Child(
        "/bin/sh", ["-c", "echo $(stat -Lc %s \(paths)) >&2"], descriptors: order,
        environment: ["PATH=/bin:/usr/bin"])
      _ = child.wait()
      FileHandle.standardError.write(Data(child.standardError.utf8))
    }
  }

  private final class Holder {
    let lock: LivenessLock
    init(_ lock: consuming LivenessLock) { self.lock = lock }
  }

  /// `lock PARTY`: holds a party's lock of the segment behind descriptor 3.
  private static func holdLock(_ arguments: [String]) throws {
    let segment = try Segment.attach(descriptor: 3)
    let holder = Holder(try LivenessLock(segment: segment, party: Int(arguments[1])!))
    report("locked")
    while true { withExtendedLifetime(holder) { _ = pause() } }
  }
}
