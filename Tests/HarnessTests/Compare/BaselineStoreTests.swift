// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Harness

@Suite struct BaselineStoreTests {
  private func folder() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("weir-\(UUID().uuidString)").path
  }

  @Test func theFolderIsTheUsers() {
    func folder(_ environment: [String: String]) -> String {
      BaselineStore(environment: environment).folder
    }
    #expect(folder(["WEIR_BASELINES": "/a", "XDG_DATA_HOME": "/b", "HOME": "/c"]) == "/a")
    #expect(folder(["XDG_DATA_HOME": "/b", "HOME": "/c"]) == "/b/weir/baselines")
    #expect(folder(["XDG_DATA_HOME": "b", "HOME": "/c"]) == "/c/.local/share/weir/baselines")
    #expect(folder(["WEIR_BASELINES": "", "HOME": "/c"]) == "/c/.local/share/weir/baselines")
  }

  @Test func aRunIsKeptListedReadAndForgotten() throws {
    let store = BaselineStore(folder: folder())
    defer { try? FileManager.default.removeItem(atPath: store.folder) }
    #expect(store.names.isEmpty)
    #expect(try store.run("main") == nil)
    let run = try SampleRun.run(SampleRun.small)
    try store.save(run, as: "main", replaces: false)
    try store.save(run, as: "a.b-c_1", replaces: false)
    #expect(store.names == ["a.b-c_1", "main"])
    #expect(try store.run("main")?.machine.fingerprint == run.machine.fingerprint)
    #expect(throws: HarnessError.self) { try store.save(run, as: "main", replaces: false) }
    try store.save(run, as: "main", replaces: true)
    #expect(try store.remove("main"))
    #expect(try !store.remove("main"))
    #expect(store.names == ["a.b-c_1"])
  }

  @Test(arguments: [
    "", ".", "..", "../x", "a/b", "-x", ".hidden", "ä", "a b", String(repeating: "x", count: 65),
  ])
  func namesThatAreNone(name: String) {
    let store = BaselineStore(folder: folder())
    #expect(throws: HarnessError.self) { try store.run(name) }
    #expect(throws: HarnessError.self) { try store.remove(name) }
  }
}
