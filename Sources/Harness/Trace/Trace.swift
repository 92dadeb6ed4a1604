// SPDX-License-Identifier: Apache-2.0

/// A recorded series of message starts that an open load replays, and how it is told from others.
///
/// Equality and the stored form are about what the trace says, by a hash of its entries, and about the
/// name it was given; the entries themselves are ``table``, which a stored run does not have.
public struct Trace: Sendable {
  /// The file as a job writes it.
  public let path: String
  /// 16 hexadecimal digits, equal for equal starts and sizes however the file writes them.
  public let digest: String
  public let messages: Int
  /// From the first start to the last.
  public let span: Nanoseconds
  /// Nil for a trace of starts alone, whose messages have the size of the cell.
  public let sizes: Sizes?
  /// Nil in a trace that was read from a stored run.
  public let table: TraceTable?

  /// The message sizes of a trace.
  public struct Sizes: Codable, Hashable, Sendable {
    public let smallest: ByteCount
    public let largest: ByteCount
    /// Bytes of a mean message.
    public let mean: Double

    enum CodingKeys: String, CodingKey {
      case smallest = "smallest_bytes"
      case largest = "largest_bytes"
      case mean = "mean_bytes"
    }
  }

  init(
    path: String, digest: String, messages: Int, span: Nanoseconds, sizes: Sizes?,
    table: TraceTable? = nil
  ) {
    self.path = path
    self.digest = digest
    self.messages = messages
    self.span = span
    self.sizes = sizes
    self.table = table
  }

  /// Time between two starts, on average; also what lies between the last and its repeated first.
  var meanInterval: Double { Double(span.count) / Double(max(1, messages - 1)) }

  /// Messages per second, on average, repeats included.
  public var meanRate: Double { 1e9 / meanInterval }

  /// The file's name without its folder and its ending.
  var name: String {
    let file = path.split(separator: "/").last ?? ""
    return String(file.hasSuffix(".csv") ? file.dropLast(4) : file)
  }

  /// `camera.csv: 600 messages in 10 s, 59.9/s, 24KiB to 410KiB`, for people.
  var summary: String {
    let span = "\(Figures.grouped(messages)) messages in \(Figures.text(span.seconds)) s"
    let sizes = sizes.map { ", \($0.smallest) to \($0.largest)" } ?? ""
    return "\(path): \(span), \(Figures.text(meanRate))/s\(sizes)"
  }
}

extension Trace {
  static let notePrefix = "trace "

  /// What a reader should know about the traces of a plan, one sentence each: whether a launch replays
  /// all of it.
  static func notes(_ cells: [Cell]) -> [String] {
    var notes: [String] = []
    for cell in cells where cell.skip == nil {
      guard let trace = cell.load.trace else { continue }
      let launch = Nanoseconds(cell.warmup.count + cell.measure.count)
      let extent =
        launch > trace.span
        ? "repeats it from the beginning, a mean interval after its end"
        : "replays the beginning of it"
      let note =
        "\(notePrefix)\(trace.summary); a launch of \(Figures.text(launch.seconds)) s \(extent)"
      if !notes.contains(note) { notes.append(note) }
    }
    return notes
  }
}

extension Trace: Hashable {
  public static func == (left: Trace, right: Trace) -> Bool {
    left.digest == right.digest && left.path == right.path
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

extension Trace: Codable {
  private enum CodingKeys: String, CodingKey {
    case path = "file"
    case digest, messages
    case span = "span_ns"
    case meanRate = "mean_rate_per_s"
    case sizes
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      path: try values.decode(String.self, forKey: .path),
      digest: try values.decode(String.self, forKey: .digest),
      messages: try values.decode(Int.self, forKey: .messages),
      span: try values.decode(Nanoseconds.self, forKey: .span),
      sizes: try values.decodeIfPresent(Sizes.self, forKey: .sizes))
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(path, forKey: .path)
    try values.encode(digest, forKey: .digest)
    try values.encode(messages, forKey: .messages)
    try values.encode(span, forKey: .span)
    try values.encode(meanRate, forKey: .meanRate)
    try values.encode(sizes, forKey: .sizes)
  }
}
