// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Which process this is, to notice that a fork took an end along that cannot work there.
///
/// Asked on slow paths alone: it is a system call.
struct ProcessIdentity: Equatable, Sendable {
  let number: Int32

  static var current: ProcessIdentity { ProcessIdentity(number: getpid()) }
}
