// SPDX-License-Identifier: Apache-2.0

internal import CHwloc

/// An hwloc bitmap that frees itself.
@safe
struct HwlocBitmap: ~Copyable {
  let raw: hwloc_bitmap_t

  /// A copy of `set`, or nil when memory is out.
  init?<Indices>(_ set: IndexBitmap<Indices>) {
    guard let raw = unsafe hwloc_bitmap_alloc() else { return nil }
    let words = set.words.map { UInt($0) }
    let result = unsafe hwloc_bitmap_from_ulongs(raw, UInt32(words.count), words)
    guard result == 0 else {
      unsafe hwloc_bitmap_free(raw)
      return nil
    }
    unsafe self.raw = raw
  }

  deinit { unsafe hwloc_bitmap_free(raw) }
}

extension IndexBitmap {
  /// The finite part of an hwloc bitmap (nil is empty); nil when it holds numbers over the limit.
  ///
  /// An XML file may carry an infinite set ("0xf...f"); its endless tail names no object.
  init?(hwloc bitmap: hwloc_const_bitmap_t?) {
    guard let bitmap = unsafe bitmap else {
      self.init()
      return
    }
    let finite = unsafe hwloc_bitmap_nr_ulongs(bitmap)
    let lastUnset = unsafe hwloc_bitmap_last_unset(bitmap)
    let count = finite >= 0 ? Int(finite) : Int(lastUnset) / 64 + (lastUnset < 0 ? 0 : 1)
    guard count * 64 <= Self.maximumIndex + 1 else { return nil }
    self.init(
      words: (0..<count).map { index in
        UInt64(unsafe hwloc_bitmap_to_ith_ulong(bitmap, UInt32(index)))
      })
  }
}
