// SPDX-License-Identifier: Apache-2.0

/// A screenshot: 8-bit RGB or RGBA without interlace, which is what browsers write.
struct Picture {
  let width: Int
  let height: Int
  private let channels: Int
  private let bytes: [UInt8]

  struct Color: Hashable {
    let red: UInt8
    let green: UInt8
    let blue: UInt8

    /// Of `rgb(0, 114, 178)`, as a browser computes styles.
    init?(css text: String) {
      let parts = text.split { !$0.isNumber }.prefix(3).compactMap { UInt8($0) }
      guard parts.count == 3 else { return nil }
      (red, green, blue) = (parts[0], parts[1], parts[2])
    }

    init(red: UInt8, green: UInt8, blue: UInt8) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }
  }

  /// - Returns: nil for what is not such a PNG.
  init?(png: [UInt8]) {
    func word(_ at: Int) -> Int { png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    guard png.count > 33, Array(png[1...3]) == Array("PNG".utf8) else { return nil }
    (width, height) = (word(16), word(20))
    guard png[24] == 8, png[25] == 2 || png[25] == 6, png[28] == 0 else { return nil }
    channels = png[25] == 2 ? 3 : 4
    var packed: [UInt8] = []
    var at = 8
    while at + 12 <= png.count {
      let length = word(at)
      guard at + 12 + length <= png.count else { return nil }
      if Array(png[at + 4..<at + 8]) == Array("IDAT".utf8) {
        packed += png[at + 8..<at + 8 + length]
      }
      at += 12 + length
    }
    var inflater = Inflater(packed.dropFirst(2))
    guard let lines = inflater.output(), lines.count >= height * (width * channels + 1) else {
      return nil
    }
    bytes = Self.unfiltered(lines, width: width * channels, height: height, step: channels)
  }

  /// PNG's five line filters (ISO/IEC 15948, §9).
  private static func unfiltered(
    _ lines: [UInt8], width: Int, height: Int, step: Int
  ) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: width * height)
    for row in 0..<height {
      let filter = lines[row * (width + 1)]
      for column in 0..<width {
        let here = row * width + column
        let left = column >= step ? Int(out[here - step]) : 0
        let up = row > 0 ? Int(out[here - width]) : 0
        let corner = row > 0 && column >= step ? Int(out[here - width - step]) : 0
        let guess =
          switch filter {
          case 1: left
          case 2: up
          case 3: (left + up) / 2
          case 4: paeth(left, up, corner)
          default: 0
          }
        out[here] = lines[row * (width + 1) + 1 + column] &+ UInt8(guess)
      }
    }
    return out
  }

  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let guess = left + up - corner
    let (a, b, c) = (abs(guess - left), abs(guess - up), abs(guess - corner))
    return a <= b && a <= c ? left : b <= c ? up : corner
  }

  /// How many pixels of a rectangle have each colour.
  func colors(x: Range<Int>, y: Range<Int>) -> [Color: Int] {
    var counts: [Color: Int] = [:]
    for row in y.clamped(to: 0..<height) {
      for column in x.clamped(to: 0..<width) {
        let at = (row * width + column) * channels
        counts[Color(red: bytes[at], green: bytes[at + 1], blue: bytes[at + 2]), default: 0] += 1
      }
    }
    return counts
  }
}
