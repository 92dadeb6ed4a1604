// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Shared objects that are no stores: one line each, naming the fix.
@Suite(.timeLimit(.minutes(2))) struct PluginRefusalTests {
  private func list(_ path: String, _ scratch: Scratch) throws -> WeirProcess {
    try WeirProcess(["list", "stores", "--backend", path], in: scratch)
  }

  @Test(arguments: [
    ("table.version = 7;", "it speaks version 7 of the backend contract"),
    ("table.byte_count = 24;", "set byte_count to sizeof(struct weir_backend_v1)"),
    ("table.byte_count = 1 << 20;", "set byte_count to sizeof(struct weir_backend_v1)"),
    ("table.send = NULL;", "NULL for send;"), ("table.close = NULL;", "NULL for close;"),
    ("table.receive = NULL;", "NULL for receive and receive_into;"),
    ("table.name = \"Made Up\";", "a letter first"), ("table.name = \"shm\";", "rename it"),
    ("table.max_receivers = 0;", "max_receivers: at least 1"), ("table.waits = 0;", "waits: "),
    ("table.promises = 0;", "promises: "), ("return NULL;", "weir_backend_v1() returns NULL"),
  ]) func aTableThatCannotBeIsRefused(fault: String, remedy: String) throws {
    let scratch = try Scratch()
    try PluginSource.build(PluginSource.table(fault), as: "store", in: scratch)
    let weir = try list("store.so", scratch)
    #expect(weir.status == 64 && weir.refusedInOneLine, "\(weir.errors)")
    #expect(weir.errors.contains(remedy), "\(weir.errors)")
    #expect(weir.errors.hasPrefix("weir: store.so: "))
  }

  @Test func aLongerTableOfALaterHeaderIsTaken() throws {
    let scratch = try Scratch()
    let text = PluginSource.table("longer.table = table; return &longer.table;").replacing(
      "const struct weir_backend_v1 *weir_backend_v1(void) {",
      with: """
        static struct { struct weir_backend_v1 table; void *later[4]; } longer;
        const struct weir_backend_v1 *weir_backend_v1(void) {
        """
    ).replacing("sizeof table,", with: "sizeof longer,")
    try PluginSource.build(text, as: "store", in: scratch)
    let weir = try list("store.so", scratch)
    #expect(weir.status == 0 && weir.output.contains("made-up"), "\(weir.errors)")
  }

  @Test func aFileThatIsNoSharedObjectIsRefused() throws {
    let scratch = try Scratch()
    try scratch.write("int x;\n", to: "text.so")
    try PluginSource.build("int other_symbol;\n", as: "other", in: scratch)
    try PluginSource.build("void gone(void); void f(void) { gone(); }\n", as: "open", in: scratch)
    let missing = try list("absent.so", scratch)
    #expect(missing.status == 1 && missing.refusedInOneLine)
    #expect(missing.errors.contains("check the path"))
    for (path, problem) in [
      ("text.so", "it cannot be loaded"), ("other.so", "exports no weir_backend_v1"),
      ("open.so", "undefined symbol: gone"),
    ] {
      let weir = try list(path, scratch)
      #expect(weir.status == 64 && weir.refusedInOneLine, "\(weir.errors)")
      #expect(weir.errors.contains(problem), "\(weir.errors)")
    }
  }

  @Test func twoOfOneNameAndWrongPairsAreRefused() throws {
    let scratch = try Scratch()
    try PluginSource.build(PluginSource.table(""), as: "one", in: scratch)
    try PluginSource.build(PluginSource.table(""), as: "two", in: scratch)
    try PluginSource.build(
      PluginSource.table("table.name = \"other\";"), as: "other", in: scratch)
    let twice = try WeirProcess(
      ["list", "stores", "--backend", "one.so", "--backend", "two.so"], in: scratch)
    #expect(twice.status == 64 && twice.errors.contains("weir gate --base one.so --head two.so"))
    try scratch.write(FakeGate.job, to: "job.yaml")
    func gate(_ base: String, _ head: String) throws -> WeirProcess {
      try WeirProcess(["gate", "--base", base, "--head", head, "job.yaml"], in: scratch)
    }
    let names = try gate("one.so", "other.so")
    #expect(names.status == 64 && names.refusedInOneLine)
    #expect(names.errors.contains("two builds of one store"), "\(names.errors)")
    let kinds = try gate("one.so", "weir")
    #expect(kinds.status == 64 && kinds.errors.contains("one is a shared object"))
    #expect(try gate("absent.so", "one.so").status == 1)
  }

  @Test func aJobsBackendsArePathsFromItsFolder() throws {
    let scratch = try Scratch()
    try PluginSource.build(PluginSource.table(""), as: "store", in: scratch)
    let job = PluginSource.job.replacing("queue.so", with: "../store.so")
      .replacing("pthread-queue", with: "made-up")
    try scratch.write(job, to: "jobs/job.yaml")
    let cells = try WeirProcess(["list", "cells", "jobs/job.yaml"], in: scratch)
    #expect(cells.status == 0 && cells.output.contains("stream/made-up/raw"), "\(cells.errors)")
    try scratch.write(job.replacing("[../store.so]", with: "{}"), to: "jobs/job.yaml")
    let wrong = try WeirProcess(["list", "cells", "jobs/job.yaml"], in: scratch)
    #expect(wrong.status == 64 && wrong.refusedInOneLine, "\(wrong.errors)")
  }
}
