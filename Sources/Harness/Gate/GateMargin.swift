// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// How large a difference must be to matter: both a share and a time per message, whichever is more.
public struct GateMargin: Codable, Hashable, Sendable {
  /// 0.05 is five per cent.
  public var relative: Double
  /// Nanoseconds per message; nil for none.
  public var absolute: Double?

  enum CodingKeys: String, CodingKey {
    case relative
    case absolute = "absolute_ns"
  }

  public init(relative: Double, absolute: Double? = nil) {
    self.relative = relative
    self.absolute = absolute
  }

  /// Reads `5%`, `200ns` or `5%,200ns`.
  ///
  /// - Throws: `HarnessError` (`unit`) naming the spelling that would have been right.
  public init(parsing text: String) throws(HarnessError) {
    self.init(relative: 0)
    let spelling = "write a share below 100%, a time, or both, such as 5%,200ns"
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      if part.hasSuffix("%") {
        guard let share = Double(part.dropLast()), share >= 0, share < 100 else {
          throw HarnessError(.unit, at: "--delta", "`\(part)` is not a share", remedy: spelling)
        }
        relative = share / 100
      } else {
        do {
          absolute = Double(try Nanoseconds(parsing: String(part)).count)
        } catch {
          throw HarnessError(.unit, at: "--delta", "`\(part)` is no margin", remedy: spelling)
        }
      }
    }
  }

  /// The margin of a cell as the logarithm of a ratio.
  ///
  /// - Parameters:
  ///   - cost: nanoseconds per message of the base.
  ///   - quantum: the smallest step of the metric in nanoseconds: nothing within it is a difference.
  func logarithm(cost: Double, quantum: Double) -> Double {
    let floor = cost > 0 ? max(absolute ?? 0, quantum) / cost : 0
    // A little more, so that a difference of exactly the margin is within it however it was rounded.
    return log1p(max(relative, floor) * (1 + 1e-9))
  }

  public var label: String {
    [
      "\(Figures.text(relative * 100)) %", absolute.map { "\(Figures.text($0)) ns" },
    ].compactMap { $0 }.joined(separator: " and ")
  }
}
