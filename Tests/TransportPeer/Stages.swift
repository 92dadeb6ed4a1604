// SPDX-License-Identifier: Apache-2.0
internal import Foundation
internal import Glibc
internal import Pipeline
internal import Serialization
internal import Transport

/// Stage bodies for pipelines under test, in whatever process. Frames carry a number.
public enum Stages {
  /// What `failing` throws.
  public struct Refused: Error, CustomStringConvertible {
    public let number: Int
    public var description: String { "number \(number) is refused; send another" }
  }

  /// What a body does once an item's number is the one in its arguments.
  private static func at(_ arguments: String, _ frame: Frame?, _ act: (Int) throws -> Void) rethrows
  {
    guard let frame, Payload.number(of: frame) == Int(arguments) else { return }
    try act(Payload.number(of: frame))
  }

  /// Registers them all; may be called again.
  public static func register() {
    let registry = StageRegistry.standard
    // Numbers from 0 on, as many as the arguments say; without end when they say none.
    registry.register("numbers") { arguments in
      var next = 0
      return .source({
        if let limit = Int(arguments), next >= limit { return nil }
        defer { next += 1 }
        return try Payload.number(next)
      })
    }
    registry.register("forward") { _ in .transform({ $0[0] }) }
    registry.register("even") { _ in
      .transform({ frames in
        frames[0].flatMap { Payload.number(of: $0) % 2 == 0 ? $0 : nil }
      })
    }
    registry.register("failing") { arguments in
      .transform({ frames in
        try at(arguments, frames[0]) { throw Refused(number: $0) }
        return frames[0]
      })
    }
    registry.register("dying") { arguments in
      .transform({ frames in
        at(arguments, frames[0]) { _ in kill(getpid(), SIGKILL) }
        return frames[0]
      })
    }
    // Ends where it stands: a source that fails.
    registry.register("failing-source") { arguments in
      var next = 0
      return .source({
        defer { next += 1 }
        if next == Int(arguments) { throw Refused(number: next) }
        return try Payload.number(next)
      })
    }
    registerCollectors(registry)
  }

  private static func registerCollectors(_ registry: StageRegistry) {
    // Says which numbers came: `count: first ... last ordered`, or all when there are few. Waits the
    // milliseconds of its arguments after each.
    registry.register("collect") { arguments in
      var numbers: [Int] = []
      return .collector(
        { frames in
          numbers.append(frames[0].map(Payload.number(of:)) ?? -1)
          if let pause = UInt32(arguments) { usleep(pause * 1000) }
        }, finish: { report(numbers) })
    }
    // As collect, of any input.
    registry.register("collect-any") { _ in
      var numbers: [Int] = []
      return .collector(
        when: .any,
        { frames in
          numbers += frames.compactMap { $0.map(Payload.number(of:)) }
        }, finish: { report(numbers.sorted()) })
    }
    // Counts the rounds in which all inputs agreed.
    registry.register("agree") { _ in
      var (agreed, other) = (0, 0)
      return .collector(
        when: .all,
        { frames in
          let numbers = frames.map { $0.map(Payload.number(of:)) }
          if numbers.allSatisfy({ $0 == agreed + other }) { agreed += 1 } else { other += 1 }
        }, finish: { "agreed \(agreed) other \(other)" })
    }
  }

  private static func report(_ numbers: [Int]) -> String {
    if numbers.count <= 30 { return numbers.map(String.init).joined(separator: " ") }
    let isRun = numbers == Array(numbers[0]...numbers[0] + numbers.count - 1)
    return "\(numbers.count) from \(numbers[0]) \(isRun ? "in order" : "out of order")"
  }
}
