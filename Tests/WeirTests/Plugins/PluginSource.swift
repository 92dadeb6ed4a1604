// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// Stores in C, built as their authors would build them.
enum PluginSource {
  /// The text of an example.
  static func example(_ name: String) throws -> String {
    try String(
      contentsOfFile: Repository.path("Benchmarks/Plugins/\(name).c"), encoding: .utf8)
  }

  /// An example with one place changed.
  static func example(_ name: String, _ place: String, _ change: String) throws -> String {
    let text = try example(name)
    try #require(text.contains(place), "\(name).c no longer has: \(place)")
    return text.replacing(place, with: change)
  }

  /// A table with whatever a test puts wrong.
  static func table(_ changes: String) -> String {
    """
    #include "weir_backend.h"
    #include <stddef.h>
    static int32_t create(const struct weir_backend_terms *t, struct weir_backend_grant *g) {
      (void)t, (void)g; return 0; }
    static int32_t attach(const struct weir_backend_terms *t, const struct weir_backend_grant *g,
                          uint32_t r, uint32_t i, void **e) {
      (void)t, (void)g, (void)r, (void)i, (void)e; return -22; }
    static void leave(void *e) { (void)e; }
    static int32_t send(void *e, const void *b, uint64_t n, int64_t t) {
      (void)e, (void)b, (void)n, (void)t; return 0; }
    static int32_t finish(void *e, int64_t t) { (void)e, (void)t; return 0; }
    static int32_t receive(void *e, struct weir_backend_view *v, int64_t t) {
      (void)e, (void)v, (void)t; return 0; }
    const struct weir_backend_v1 *weir_backend_v1(void) {
      static struct weir_backend_v1 table = {
        .version = WEIR_BACKEND_VERSION, .byte_count = sizeof table, .name = "made-up",
        .promises = WEIR_BACKEND_ORDERED | WEIR_BACKEND_EXACTLY_ONCE | WEIR_BACKEND_BLOCKS,
        .waits = WEIR_BACKEND_PARK, .max_receivers = 1, .create = create, .attach = attach,
        .close = leave, .send = send, .finish = finish, .receive = receive };
      \(changes)
      return &table;
    }

    """
  }

  /// Builds `NAME.so` in a directory.
  static func build(_ text: String, as name: String, in scratch: Scratch) throws {
    try scratch.write(text, to: "\(name).c")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "cc", "-std=c11", "-O1", "-shared", "-fPIC", "-fvisibility=hidden", "-pthread",
      "-I\(Repository.path("Sources/CBackend/include"))", "\(name).c", "-o", "\(name).so",
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "cc does not build \(name).c")
  }

  static let job = """
    schema: 1
    name: plugin
    backends: [queue.so]
    defaults: { warmup: 10ms, measure: 40ms, slice: 10ms, launches: 1, seed: 1 }
    axes:
      workload: [stream, pingpong]
      store: [pthread-queue]
      serializer: [raw]
      size: [64B]
      wait: [park]
    workload: { depth: 8 }

    """
}
