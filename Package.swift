// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
//
// The map of Weir. Arrows point down: transports never import Harness, Harness never imports a
// transport, and only Scenarios (Benchmarks/Scenarios) knows both.
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

// What ships also marks each unsafe use, so that the unsafe island stays greppable.
let shipped = strict + [.strictMemorySafety()]

let package = Package(
  name: "weir",
  products: [
    .library(name: "Transport", targets: ["Transport", "Serialization", "SharedMemory"]),
    .library(name: "Pipeline", targets: ["Pipeline"]),
    .library(name: "Conformance", targets: ["Conformance"]),
    .library(name: "Topology", targets: ["Topology"]),
    .library(name: "Harness", targets: ["Harness"]),
    .executable(name: "weir", targets: ["weir"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // MARK: C: what Swift cannot reach
    .target(name: "CLinux"),
    .target(name: "CRing", dependencies: ["CLinux"]),
    .target(name: "CBackend"),
    .target(name: "CPeers", dependencies: ["CLinux"], linkerSettings: [.linkedLibrary("rt")]),
    .systemLibrary(name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"])]),
    .systemLibrary(name: "CNuma", pkgConfig: "numa", providers: [.apt(["libnuma-dev"])]),

    // MARK: Foundations
    .target(
      name: "SharedMemory",
      dependencies: ["CLinux", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: shipped),
    .target(
      name: "Topology", dependencies: ["CHwloc", "CNuma", "CLinux"], swiftSettings: shipped),
    .target(
      name: "Serialization",
      dependencies: ["CLinux", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["Proto"], swiftSettings: shipped),

    // MARK: Transport
    .target(
      name: "Transport", dependencies: ["SharedMemory", "Serialization"], swiftSettings: shipped),

    // MARK: Blocks: stages in threads and processes
    .target(
      name: "Pipeline",
      dependencies: ["CLinux", "SharedMemory", "Serialization", "Topology", "Transport"],
      swiftSettings: shipped),

    // MARK: Conformance: what every store must do, for whoever makes or changes one
    .target(
      name: "Conformance",
      dependencies: ["CLinux", "SharedMemory", "Serialization", "Transport"],
      swiftSettings: shipped),

    // MARK: Harness: plan, launch, measure, analyse, report
    .target(
      name: "Harness",
      dependencies: [
        "CLinux", "CRing", "SharedMemory", "Topology",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: shipped),

    // MARK: Where both meet
    .target(
      name: "Scenarios",
      dependencies: [
        "CBackend", "CLinux", "CPeers", "Conformance", "Harness", "Serialization", "SharedMemory",
        "Topology", "Transport",
      ],
      path: "Benchmarks/Scenarios", swiftSettings: shipped),
    .executableTarget(
      name: "weir",
      dependencies: [
        "Conformance", "Harness", "Scenarios", "SharedMemory", "Topology", "Transport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: shipped),

    // MARK: Tests
    .executableTarget(
      name: "TransportPeer",
      dependencies: ["CLinux", "Pipeline", "Transport", "Serialization", "SharedMemory"],
      path: "Tests/TransportPeer", swiftSettings: strict),
    .executableTarget(
      name: "NumaGuest", dependencies: ["CNuma", "Harness", "SharedMemory", "Topology"],
      path: "Tests/NumaGuest", exclude: ["boot.sh"], swiftSettings: strict),
    .testTarget(
      name: "SharedMemoryTests",
      dependencies: [
        "SharedMemory", "CLinux", "TransportPeer",
        .product(name: "SystemPackage", package: "swift-system"),
      ], swiftSettings: strict),
    .testTarget(
      name: "TopologyTests", dependencies: ["Topology", "CHwloc", "CNuma"], swiftSettings: strict),
    .testTarget(
      name: "SerializationTests",
      dependencies: [
        "Serialization", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], swiftSettings: strict),
    .testTarget(
      name: "TransportTests",
      dependencies: ["Transport", "Serialization", "SharedMemory", "CLinux", "TransportPeer"],
      swiftSettings: strict),
    .testTarget(
      name: "PipelineTests",
      dependencies: [
        "Pipeline", "Transport", "Serialization", "SharedMemory", "Topology", "TransportPeer",
      ], swiftSettings: strict),
    .testTarget(
      name: "ConformanceTests",
      dependencies: ["Conformance", "Serialization", "SharedMemory", "Transport", "weir"],
      swiftSettings: strict),
    .target(name: "CSeccomp", path: "Tests/CSeccomp"),
    .testTarget(
      name: "WeirTests",
      dependencies: [
        "weir", "Harness", "Scenarios", "Topology", "TransportPeer", "CSeccomp",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),
    .testTarget(
      name: "NumaGuestTests", dependencies: ["NumaGuest", "Harness", "Topology"],
      swiftSettings: strict),
    .testTarget(
      name: "HarnessTests", dependencies: ["Harness", "SharedMemory", "Topology"],
      exclude: ["Report/Expected"], swiftSettings: strict),
    .testTarget(
      name: "ScenariosTests",
      dependencies: [
        "Conformance", "CPeers", "Scenarios", "Harness", "Serialization", "SharedMemory",
        "Topology", "Transport", "weir",
      ], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
