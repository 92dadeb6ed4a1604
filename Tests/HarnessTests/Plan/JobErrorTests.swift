// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Harness

@Suite struct JobErrorTests {
  @Test(arguments: [
    (minimal("stores: [shm]"), "job.yaml:3: unknown key `stores`; known: schema"),
    (minimal("axis: {}"), "job.yaml:3: unknown key `axis`; did you mean `axes`?"),
    (minimal("store: shm"), "job.yaml:3: unknown key `store`; `store` belongs under `axes`"),
    (minimal("launches: 3"), "job.yaml:3: unknown key `launches`; `launches` belongs under"),
    (minimal("defaults: { measur: 1s }"), "`measur` under `defaults`; did you mean `measure`?"),
    (minimal("defaults: []"), "job.yaml:3: `defaults` is a list, not a map"),
    (minimal("defaults: { launches: 0 }"), "job.yaml:3: `launches` is 0, outside 1 to 1000"),
    (minimal("defaults: { launches: many }"), "`launches` is `many`, not a whole number"),
    (minimal("defaults: { measure: 5 }"), "duration `5` has no unit; write 5ms or 5s"),
    (minimal("defaults: { measure: 1us }"), "`measure` is 1us, outside 1ms to 1h"),
    (minimal("defaults: { slice: 2s }"), "a slice of 2s is longer than the measured 1s"),
    (minimal("defaults: { verify: maybe }"), "unknown verify `maybe`; known: full, sampled"),
    (minimal("defaults: { seed: -1 }"), "`seed` is -1, outside 0 to"),
    (minimal("workload: { kind: streem }"), "unknown workload `streem`; did you mean `stream`?"),
    (minimal("workload: { load: fast }"), "unknown load `fast`; write closed, or open:RATE"),
    (minimal("workload: { depth: 0 }"), "`depth` is 0, outside 1 to"),
    (minimal("workload: { pages: big }"), "unknown pages `big`; known: automatic, base, reserved"),
    (minimal("workload: { replicas: pernode }"), "unknown replicas `pernode`; did you mean"),
    (minimal("workload: { backpressure: drop }"), "unknown backpressure `drop`; known: block"),
    (minimal("placement: same-l2"), "unknown placement preset `same-l2`; did you mean `same-l3`?"),
    (minimal("placement: { producer: a/b }"), "`a/b` is not a place for a producer"),
    (minimal("placement: { cpu: 1 }"), "unknown key `cpu` under `placement`"),
    (minimal("filter: { only: [] }"), "unknown key `only` under `filter`"),
    (minimal("filter: { exclude: x }"), "`exclude` is `x`, not a list of conditions"),
    (minimal("filter: { exclude: [{}] }"), "an empty condition would drop every cell"),
    (minimal("filter: { exclude: [{ store: shm }] }"), "the filter drops every cell"),
    (minimal("groups: {}"), "`groups` is a map, not a list of groups"),
    (minimal("groups: [{ title: x }]"), "a group has no `name`"),
    (minimal("groups: [{ name: a }, { name: a }]"), "two groups are named `a`"),
    (
      minimal("groups: [{ name: a, defaults: { seed: 2 } }]"),
      "a group cannot have its own `seed`"
    ),
    (minimal("title: [a]"), "`title` is a list, not a single value"),
    ("axes: {}", "job.yaml:1: the job has no `schema`; start the file with schema: 1"),
    ("shcema: 1", "unknown key `shcema`; did you mean `schema`?"),
    ("schema: 2", "job.yaml:1: schema 2 is unknown to this build"),
    ("schema: 1", "axis `size` is missing; add size:"),
    ("- 1", "the job file is not a map of keys"),
    ("", "the job file is not a map of keys"),
    ("schema: 1\naxes: { store: [", "job.yaml:3: YAML: "),
    ("schema: 1\naxes: {}\naxes: {}", "the map has `axes` more than once"),
    ("schema: 1\n[a]: 1", "a key is not a word"),
  ])
  func saysWhereWhatAndHow(_ yaml: String, _ expected: String) throws {
    let text = try #require(complaint(yaml))
    #expect(text.contains(expected), "\(text)")
    #expect(!text.contains("\n"))
    #expect(text.contains("; "))
  }

  @Test(arguments: [
    ("store: [shn], serializer: [large], size: [64B]", "unknown store `shn`; did you mean `shm`?"),
    ("store: [], serializer: [large], size: [64B]", "axis `store` is empty"),
    ("store: ~, serializer: [large], size: [64B]", "axis `store` is empty"),
    ("store: [shm], serializer: [xl], size: [64B]", "unknown serializer `xl`; known: small"),
    ("store: [shm], serializer: [large], size: [0B]", "`size` is 0B, outside 1B to 1TiB"),
    ("store: [shm], serializer: [large], size: [-4]", "`-4` is a negative size"),
    ("store: [shm], serializer: [large], size: [2TiB]", "`size` is 2TiB, outside 1B to 1TiB"),
    ("store: [shm], serializer: [large], size: [[1]]", "`size` is a list, not a single value"),
    ("store: [shm], serializer: [large], size: [1KiB, 1024]", "`1KiB` is twice in axis `size`"),
    (
      "store: [shm], serializer: [large], size: [64B], wait: nap", "unknown wait `nap`; known: park"
    ),
    ("store: [shm], size: [64B]", "axis `serializer` is missing"),
  ])
  func refusesBadAxes(_ axes: String, _ expected: String) throws {
    let text = try #require(complaint("schema: 1\naxes: { \(axes) }"))
    #expect(text.contains(expected), "\(text)")
    #expect(text.hasPrefix("job.yaml:2: "), "\(text)")
  }

  @Test func axisInTwoPlacesIsRefused() throws {
    let text = try #require(
      complaint(
        "schema: 1\naxes: { store: shm, serializer: large, size: 64B, depth: 1 }\n"
          + "workload: { depth: 2 }"))
    #expect(
      text == "job.yaml:3: axis `depth` is given twice, here as workload.depth and at job.yaml:2;"
        + " keep one of them")
  }

  @Test func tooManyCellsNamesTheProduct() throws {
    let sizes = (1...600).map { "\($0)B" }.joined(separator: ", ")
    let yaml = """
      schema: 1
      axes: { store: [list, queue, shm], serializer: [small, medium, large], size: [\(sizes)] }
      workload: { depth: [1, 2, 4] }
      """
    let text = try #require(complaint(yaml))
    #expect(
      text.contains("16 200 cells before filtering: 3 depth × 600 size × 3 store × 3 serializer"))
    #expect(text.contains("shorten axis `size`"))
  }

  @Test func tooManyLaunchesAreRefused() throws {
    let sizes = (1...2000).map { "\($0)B" }.joined(separator: ", ")
    let yaml =
      "schema: 1\ndefaults: { launches: 1000 }\naxes: { store: shm, serializer: large,"
      + " size: [\(sizes)] }"
    #expect(try #require(complaint(yaml)).contains("2 000 000 launches"))
  }

  @Test func aliasesCannotExplode() throws {
    var yaml = "schema: 1\na: &a [x,x,x,x,x,x,x,x,x,x]\n"
    for (name, last) in zip("bcdefg", "abcdef") {
      let uses = Array(repeating: "*\(last)", count: 10).joined(separator: ",")
      yaml += "\(name): &\(name) [\(uses)]\n"
    }
    #expect(try #require(complaint(yaml)).contains("expands to more than 100000 values"))
  }

  @Test(arguments: [
    ("size", "--set size: an override has no `=`"),
    ("=1", "an override has no `=`"),
    ("size=", "`size` has an empty value"),
    ("size=64B,,1MiB", "`size` has an empty value"),
    ("sise=64B", "--set sise=64B: unknown key `sise`; did you mean `size`?"),
    ("filter.exclude=x", "`filter.exclude` cannot be overridden"),
    ("size=0B", "--set size=0B: `size` is 0B, outside 1B to 1TiB"),
    ("store=shn", "--set store=shn: unknown store `shn`; did you mean `shm`?"),
    ("launches=1,2", "`launches` is a list, not a single value"),
    ("launches=0", "--set launches=0: `launches` is 0"),
    ("placement=nowhere", "unknown placement preset `nowhere`"),
  ])
  func overridesAreRefusedAlike(_ argument: String, _ expected: String) throws {
    let text = try #require(complaint(minimal(), [argument]))
    #expect(text.contains(expected), "\(text)")
  }

  @Test func presetsHaveNoParts() throws {
    let text = try #require(complaint(minimal("placement: same-l3"), ["placement.producer=core:0"]))
    #expect(text.contains("the placement is the preset `same-l3`"))
  }
}
