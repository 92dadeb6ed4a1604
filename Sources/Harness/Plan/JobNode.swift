// SPDX-License-Identifier: Apache-2.0

/// One value of a job file before it has a type, with the place it came from.
///
/// Overrides make the same nodes, so a bad `--set` is refused in the same words as a bad line.
struct JobNode: Equatable {
  indirect enum Content: Equatable {
    /// `isNull` tells `title:` and `title: ~` from `title: "~"`.
    case scalar(String, isNull: Bool)
    case list([JobNode])
    case map([JobEntry])
  }

  let content: Content
  let place: String

  init(_ content: Content, place: String) {
    self.content = content
    self.place = place
  }

  init(scalar: String, place: String) {
    self.init(.scalar(scalar, isNull: false), place: place)
  }

  /// `a map`, `a list` or the scalar itself, for errors.
  var summary: String {
    switch content {
    case .scalar(_, isNull: true): "nothing"
    case .scalar(let text, _): "`\(text)`"
    case .list: "a list"
    case .map: "a map"
    }
  }

  func error(_ problem: String, remedy: String) -> HarnessError {
    HarnessError(.job, at: place, problem, remedy: remedy)
  }
}

/// One key of a map, its place and its value.
struct JobEntry: Equatable {
  let key: String
  let place: String
  let value: JobNode
}
