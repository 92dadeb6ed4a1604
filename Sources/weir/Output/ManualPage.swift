// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The manual page in roff, made from what the argument parser says about the commands.
struct ManualPage {
  private let root: Command
  private let version: String

  /// - Parameter help: what `weir --experimental-dump-help` prints.
  init(help: String, version: String) throws {
    root = try JSONDecoder().decode(Help.self, from: Data(help.utf8)).command
    self.version = version
  }

  private struct Help: Decodable { let command: Command }

  private struct Command: Decodable {
    let commandName: String
    let abstract: String?
    let discussion: String?
    let shouldDisplay: Bool
    let arguments: [Argument]?
    let subcommands: [Command]?
  }

  private struct Argument: Decodable {
    let kind: String
    let names: [Name]?
    let valueName: String?
    let abstract: String?
    let discussion: String?
    let isOptional: Bool
    let isRepeating: Bool
    let shouldDisplay: Bool

    struct Name: Decodable {
      let kind: String
      let name: String

      var spelled: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    var isPositional: Bool { kind == "positional" }
    /// Every command has these two; the page names them once.
    var isCommon: Bool { names?.contains { ["help", "version"].contains($0.name) } ?? false }
  }

  var roff: String {
    var lines = [
      ".TH WEIR 1 \"\" \"weir \(version)\" \"User Commands\"", ".SH NAME",
      "weir \\- \(Self.escaped(root.abstract ?? ""))", ".SH SYNOPSIS",
      ".B weir", ".I subcommand", "[\\fIoptions\\fR]", ".SH DESCRIPTION",
    ]
    lines += Self.paragraphs(root.discussion ?? "")
    lines.append(".SH OPTIONS")
    lines += (root.arguments ?? []).flatMap(Self.entry)
    lines.append(".SH COMMANDS")
    lines += (root.subcommands ?? []).flatMap { Self.section($0, path: root.commandName) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A command and those below it; `help` explains itself.
  private static func section(_ command: Command, path: String) -> [String] {
    guard command.shouldDisplay, command.commandName != "help" else { return [] }
    let name = "\(path) \(command.commandName)"
    let arguments = (command.arguments ?? []).filter { $0.shouldDisplay && !$0.isCommon }
    let operands = arguments.filter(\.isPositional).map { " <\($0.valueName ?? "value")>" }.joined()
    var lines = [".SS \(escaped(name + operands))"]
    lines += paragraphs(command.abstract ?? "")
    if let discussion = command.discussion { lines += [".PP"] + paragraphs(discussion) }
    lines += arguments.flatMap(entry)
    return lines + (command.subcommands ?? []).flatMap { section($0, path: name) }
  }

  private static func entry(_ argument: Argument) -> [String] {
    let value = argument.valueName ?? "value"
    let spellings = argument.names?.map(\.spelled).joined(separator: ", ") ?? ""
    let term: String
    switch argument.kind {
    case "positional": term = "\\fI\(escaped(value))\\fR"
    case "option": term = "\\fB\(escaped(spellings))\\fR \\fI\(escaped(value))\\fR"
    default: term = "\\fB\(escaped(spellings))\\fR"
    }
    let text = [argument.abstract, argument.discussion].compactMap { $0 }.joined(separator: " ")
    return [".TP", term] + paragraphs(text)
  }

  /// Indented lines keep their breaks; an empty line starts a paragraph.
  private static func paragraphs(_ text: String) -> [String] {
    var lines: [String] = []
    var isFixed = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(" ") != isFixed {
        isFixed.toggle()
        lines.append(isFixed ? ".nf" : ".fi")
      }
      lines.append(line.isEmpty ? ".PP" : escaped(String(line)))
    }
    return isFixed ? lines + [".fi"] : lines
  }

  /// Text that roff takes for nothing else: no escapes, no requests.
  private static func escaped(_ text: String) -> String {
    let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return safe.hasPrefix(".") || safe.hasPrefix("'") ? "\\&" + safe : safe
  }
}
