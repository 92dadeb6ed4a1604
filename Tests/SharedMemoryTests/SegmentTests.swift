// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc
import SharedMemory
import SystemPackage
import Testing

@Suite struct SegmentTests {
  @Test(arguments: [1, 4095, 4096, 4097, 1 << 20])
  func sizesAreRoundedToPagesAndZero(byteCount: Int) throws {
    let segment = try Segment.create(byteCount: byteCount, label: "size")
    #expect(segment.byteCount >= byteCount)
    #expect(segment.byteCount % Segment.pageByteCount == 0)
    #expect(segment.byteCount - byteCount < Segment.pageByteCount)
    #expect(Int(weir_file_size(segment.descriptor)) == segment.byteCount)
    #expect(segment.uint64(at: segment.byteCount - 8).loadRelaxed() == 0)
  }

  @Test(arguments: [0, -1, .min, (1 << 44) + 1, .max])
  func impossibleSizesAreRefused(byteCount: Int) throws {
    let error = try #require(throws: SharedMemoryError.self) {
      try Segment.create(byteCount: byteCount, label: "size")
    }
    #expect(error.code == .invalidArgument)
  }

  @Test func moreMemoryThanThereIsIsRefused() throws {
    let error = try #require(throws: SharedMemoryError.self) {
      try Segment.create(byteCount: 1 << 44, label: "huge")
    }
    #expect(error.code == .outOfMemory)
    #expect(!error.description.contains("\n"))
  }

  @Test func aLabelTheKernelRefusesIsAnError() throws {
    let error = try #require(throws: SharedMemoryError.self) {
      try Segment.create(byteCount: 1, label: String(repeating: "x", count: 1000))
    }
    #expect(error.code == .systemCall("memfd_create"))
    #expect(error.errno == .invalidArgument)
  }

  @Test func attachingMapsTheSameMemory() throws {
    let segment = try Segment.create(byteCount: 4096, label: "shared")
    let other = try Segment.attach(descriptor: try ByteChannel.duplicate(segment.descriptor))
    #expect(other.byteCount == segment.byteCount && other.descriptor != segment.descriptor)
    segment.uint64(at: 64).storeRelease(42)
    #expect(other.uint64(at: 64).loadAcquire() == 42)
    other.bytes(at: 100, count: 4).write(offset: 0, count: 4) {
      $0.storeBytes(of: 0xABCD, as: UInt32.self)
    }
    let seen = segment.bytes(at: 100, count: 4).read(offset: 0, count: 4) {
      $0.unsafeLoadUnaligned(as: UInt32.self)
    }
    #expect(seen == 0xABCD)
  }

  @Test func itsSizeIsSealed() throws {
    let segment = try Segment.create(byteCount: 8192, label: "sealed")
    #expect(ftruncate(segment.descriptor, 4096) == -1 && errno == EPERM)
    #expect(ftruncate(segment.descriptor, 1 << 20) == -1 && errno == EPERM)
    #expect(weir_memfd_seal_size(segment.descriptor) == -EPERM)
    #expect(weir_size_is_sealed(segment.descriptor) == 1)
  }

  @Test func itIsPrivateToTheUser() throws {
    let segment = try Segment.create(byteCount: 1, label: "private")
    var status = stat()
    #expect(fstat(segment.descriptor, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(fcntl(segment.descriptor, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test func whatIsNoSegmentIsRefusedAndClosed() throws {
    // Not open at all.
    #expect(throws: SharedMemoryError.self) { try Segment.attach(descriptor: -1) }
    // A size that others can change would be a SIGBUS later.
    let unsealed = weir_memfd_create("unsealed")
    #expect(ftruncate(unsealed, 4096) == 0)
    let error = try #require(throws: SharedMemoryError.self) {
      try Segment.attach(descriptor: unsealed)
    }
    #expect(error.code == .corrupt)
    let empty = weir_memfd_create("empty")
    #expect(weir_memfd_seal_size(empty) == 0)
    #expect(throws: SharedMemoryError.self) { try Segment.attach(descriptor: empty) }
  }

  @Test(arguments: [Segment.Population.forWriting, .forReading])
  func populatingMakesEveryPagePresent(population: Segment.Population) throws {
    let segment = try Segment.create(byteCount: 64 * Segment.pageByteCount, label: "pages")
    #expect(residentPages(segment) == 0)
    try segment.populate(population)
    #expect(residentPages(segment) == 64)
  }

  private func residentPages(_ segment: Segment) -> Int {
    segment.withAddressRange { range in
      var present = [UInt8](repeating: 0, count: range.count / Segment.pageByteCount)
      guard mincore(range.baseAddress, range.count, &present) == 0 else { return -1 }
      return present.count { $0 & 1 != 0 }
    }
  }

  @Test func boundsOfWindowsAreChecked() async {
    await #expect(processExitsWith: .failure) {
      _ = try Segment.create(byteCount: 4096, label: "trap").uint64(at: 4092)
    }
    await #expect(processExitsWith: .failure) {
      _ = try Segment.create(byteCount: 4096, label: "trap").uint32(at: 2)
    }
    await #expect(processExitsWith: .failure) {
      _ = try Segment.create(byteCount: 4096, label: "trap").bytes(at: 8, count: .max)
    }
  }

  @Test(
    arguments: [
      (0, 0, true), (0, 64, true), (64, 0, true), (0, 65, false), (1, 64, false), (65, 0, false),
      (.max, 1, false), (1, .max, false), (.max, .max, false),
    ] as [(UInt64, UInt64, Bool)])
  func rangesAreJudgedWithoutOverflow(offset: UInt64, count: UInt64, inside: Bool) throws {
    let segment = try Segment.create(byteCount: 4096, label: "range")
    defer { withExtendedLifetime(segment) {} }
    #expect(segment.bytes(at: 8, count: 64).contains(offset: offset, count: count) == inside)
  }

  @Test func bytesAreCopiedWhereTheyBelong() throws {
    let segment = try Segment.create(byteCount: 4096, label: "copy")
    defer { withExtendedLifetime(segment) {} }
    let window = segment.bytes(at: 8, count: 16)
    let (some, none): ([UInt8], [UInt8]) = ([1, 2, 3], [])
    window.copy(some.span.bytes, to: 13)
    window.copy(none.span.bytes, to: 16)
    #expect(segment.uint64(at: 16).loadRelaxed() == 0x0302_0100_0000_0000)
    #expect(segment.uint64(at: 24).loadRelaxed() == 0)
  }
}
