// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import weir

@Suite(.timeLimit(.minutes(2))) struct ManCommandTests {
  @Test func thePageHoldsEveryCommandAndOption() throws {
    let weir = try WeirProcess(["man"])
    #expect(weir.status == 0)
    #expect(weir.output.hasPrefix(".TH WEIR 1"))
    for name in [
      "list cells <job>", "report <run.json>", "topology", "doctor", "clean", "schema",
      "inspect <name|pid>",
    ] {
      #expect(weir.output.contains(".SS weir \(name)\n"), "\(name)")
    }
    for option in ["\\-\\-set", "\\-\\-budget", "\\-\\-require", "\\-\\-svg", "\\-\\-dry\\-run"] {
      #expect(weir.output.contains(option), "\(option)")
    }
  }

  @Test func textIsNeverARequest() throws {
    let requests = [".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi", ".B", ".I"]
    for line in try WeirProcess(["man"]).output.split(separator: "\n") where line.first == "." {
      #expect(requests.contains(String(line.prefix { $0 != " " })), "\(line)")
    }
    let help = """
      {"command": {"commandName": "x", "shouldDisplay": true, "abstract": ".so a\\\\b",
       "discussion": ".ex\\n'fi"}}
      """
    let page = try ManualPage(help: help, version: "1").roff
    #expect(page.contains("\\- \\&.so a\\eb\n"))
    #expect(page.contains("\n\\&.ex\n\\&'fi\n"))
  }

  @Test func theSchemaIsJSON() throws {
    let schema = try WeirProcess(["schema"])
    #expect(schema.status == 0)
    #expect(try schema.json["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
    #expect(try WeirProcess(["schema", "--json"]).output == schema.output)
  }
}
