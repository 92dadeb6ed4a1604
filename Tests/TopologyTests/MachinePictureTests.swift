// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Topology

@Suite struct MachinePictureTests {
  @Test func aSmallMachineIsDrawnInFull() throws {
    let machine = try Machine(synthetic: Shape.oneNode)
    let expected = """
      unknown processor: 1 NUMA node, 2 cores, 2 PUs; synthetic numa:1 core:2 pu:1
      ┌ NUMA 0 · 1.0 GiB ─────┐
      │ ┌ core 0 ┐ ┌ core 1 ┐ │
      │ │ 0      │ │ 1      │ │
      │ └────────┘ └────────┘ │
      └───────────────────────┘
      NUMA distances: unavailable, there is one NUMA node, and so no distance between nodes

      """
    #expect(machine.picture() == expected)
  }

  @Test(arguments: Shape.all + ["package:8 numa:4 l3:4 core:8 pu:2", "package:2 l3:8 core:8 pu:2"])
  func staysInTheWidthAndIsRectangular(shape: String) throws {
    let machine = try Machine(synthetic: shape)
    for width in [60, 80, 100, 160] {
      let lines = machine.picture(width: width).split(separator: "\n")
      for line in lines.dropFirst() where line.hasPrefix("│") || line.hasPrefix("┌") {
        #expect(line.count <= width, "\(line)")
        #expect(line.hasSuffix("│") || line.hasSuffix("┐"), "\(line)")
      }
    }
  }

  @Test func everyPUOfALegibleMachineIsShown() throws {
    let text = try Machine(synthetic: Shape.twoByTwo).picture()
    for core in 0..<16 {
      #expect(text.contains("core \(core) "))
      #expect(text.contains("│ \(2 * core) \(2 * core + 1) "))
    }
  }

  @Test func hugeMachinesAreAbbreviated() throws {
    let machine = try Machine(synthetic: "package:8 numa:4 l3:4 core:8 pu:2")
    let text = machine.picture(width: 120)
    #expect(text.split(separator: "\n").count < 80)
    #expect(text.contains("cores 0-31") && text.contains("PUs 1984-2047"))
    #expect(!text.contains("core 0 "))
    let lists = try Machine(synthetic: "package:2 l3:8 core:8 pu:2").picture()
    #expect(lists.contains("L3 15") && lists.contains("cores 120-127"))
  }

  @Test func forbiddenAndRenumberedPUsAreMarked() throws {
    let machine = try machine(Shape.smtByHalves, allowedMask: "0x0000000f")
    let text = machine.picture()
    #expect(text.contains("│ 0 (1=4) ") && text.contains("│ 2=1 (3=5) "))
    #expect(text.contains("1=4: PU 1 is the kernel's CPU 4"))
    #expect(text.contains("(n): forbidden here; allowed are CPUs 0-3"))
    #expect(machine.summary.contains("(4 allowed here)"))
    let short = machine.picture(maximumLines: 1)
    #expect(short.contains("forbidden CPUs 4-5") && short.contains("CPUs 0-1,4-5"))
  }

  @Test func memoryWithoutCPUsAndTheDistancesAreShown() throws {
    let text = try machineWithCPULessNode().picture()
    #expect(text.contains("no CPUs") && text.contains("NUMA 2"))
    let machine = try machine(Shape.smtByHalves, distances: [[10, 21], [21, 10]])
    #expect(
      machine.picture().contains("NUMA distances:\nNUMA    0    1\n   0   10   21\n   1   21   10"))
  }

  @Test func wideMatricesAreSummarised() throws {
    let rows = (0..<20).map { row in (0..<20).map { UInt64(row == $0 ? 10 : 12 + row) } }
    let text = try machine("numa:20 core:1 pu:1", distances: rows).picture()
    #expect(text.contains("NUMA distances: 20 × 20 nodes, 10 to 31"))
  }

  @Test func asciiStyleIsASCII() throws {
    let text = try Machine(synthetic: Shape.chiplets).picture(style: .ascii)
    #expect(text.allSatisfy(\.isASCII) && text.contains("+ core 0"))
  }

  @Test(arguments: [
    (0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"),
    (33_554_432, "32.0 MiB"), (64_000_000_000, "59.6 GiB"), (1 << 62, "4096.0 PiB"),
    (2047, "1.9 KiB"),
  ])
  func bytesAreForReaders(bytes: Int, text: String) {
    #expect(bytes.asBinaryBytes == text)
  }

  @Test func thisSystemIsDrawn() throws {
    let machine = try Machine.current()
    #expect(machine.picture().hasPrefix(machine.summary))
  }
}
