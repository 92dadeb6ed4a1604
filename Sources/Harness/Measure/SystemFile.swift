// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// Small files of /proc and /sys.
public enum SystemFile {
  /// The content without the trailing newline; nil when the kernel does not offer the file.
  public static func text(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The integer at a word of a line that starts with `label`; nil when there is none.
  public static func integer(_ path: String, label: String, word: Int = 0) -> Int? {
    guard let line = text(path)?.split(separator: "\n").first(where: { $0.hasPrefix(label) })
    else { return nil }
    let words = line.dropFirst(label.count).split(whereSeparator: \.isWhitespace)
    return words.indices.contains(word) ? Int(words[word]) : nil
  }
}
