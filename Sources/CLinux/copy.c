// SPDX-License-Identifier: Apache-2.0
//
// Copies of payloads: those that no cache can hold, and those that the processor repeats byte by byte.
//
// A plain copy fetches every line of its target before overwriting it, and pushes out of the cache
// what the reader on the other side still has there. Non-temporal stores do neither. glibc's memcpy
// has them too, but from a size that it derives from what the processor says of its cache, which is a
// hundred times too much on some virtual machines.
#define _GNU_SOURCE
#include "CLinux.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

// What is taken where the system does not tell its last cache's size.
enum { DEFAULT_CACHE_BYTES = 32 << 20 };

// In bytes, as `index3/size` under /sys has it: a number and a unit.
static size_t size_in(const char *path) {
  char text[32] = {0};
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  if (count <= 0) return 0;
  char *unit = NULL;
  size_t size = strtoull(text, &unit, 10);
  switch (*unit) {
    case 'K': return size << 10;
    case 'M': return size << 20;
    default: return size;
  }
}

static size_t cache_value(int index, const char *what) {
  char path[64];
  snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index, what);
  return size_in(path);
}

// The last one is that of data where a level has two.
size_t weir_cache_bytes(int level) {
  size_t size = 0, found = 0;
  for (int index = 0; index < 10; index++) {
    size_t here = cache_value(index, "level");
    if (here == (size_t)level || (level == 0 && here > found)) {
      size = cache_value(index, "size");
      found = here;
    }
  }
  return size;
}

static size_t last_cache_bytes(void) {
  size_t size = weir_cache_bytes(0);
  return size > 0 ? size : DEFAULT_CACHE_BYTES;
}

static size_t choose_threshold(void) {
  const char *wanted = getenv("WEIR_STREAMING_COPY");
  char *end = NULL;
  size_t size = wanted ? strtoull(wanted, &end, 10) : 0;
  if (wanted && end != wanted && *end == 0) {
    if (size == 0) return SIZE_MAX;
    return size < WEIR_LARGE_BYTES ? WEIR_LARGE_BYTES : size;
  }
  return last_cache_bytes() / 2;
}

size_t weir_streaming_threshold(void) {
  // Whoever comes first writes what all others would: no order is needed.
  static _Atomic size_t known;
  size_t threshold = atomic_load_explicit(&known, memory_order_relaxed);
  if (threshold == 0) {
    threshold = choose_threshold();
    atomic_store_explicit(&known, threshold, memory_order_relaxed);
  }
  return threshold;
}

#if defined(__x86_64__)
enum { LINE = 64, AHEAD = 512, PAGE = 4096, REPEATED_BY_BYTES = 32 };

// From some KiB up to the size of the second cache glibc copies by `rep movsb`. AMD's Zen 3 takes that a
// byte at a time where the target lies just behind the source within their pages: 1.7 GB/s instead of 40
// (sourceware.org, bug 30994). Heap memory of 128 KiB and more begins 16 bytes into a page and Swift's
// arrays 32 bytes later, so that one in 64 of the arena's places is such a target.
static int is_repeated_by_bytes(uintptr_t to, uintptr_t from, size_t count) {
  uintptr_t behind = (to - from) % PAGE;
  return count >= WEIR_REPEATED_BYTES && behind > 0 && behind < REPEATED_BY_BYTES;
}

static void copy_lines(char *to, const char *from, size_t count) {
  for (; count >= LINE; count -= LINE, to += LINE, from += LINE) {
    __m128i part[4];
    for (int i = 0; i < 4; i++) part[i] = _mm_loadu_si128((const __m128i *)from + i);
    for (int i = 0; i < 4; i++) _mm_storeu_si128((__m128i *)to + i, part[i]);
  }
  memcpy(to, from, count);
}

static void stream(char *to, const char *from, size_t count) {
  size_t head = -(uintptr_t)to % LINE;
  memcpy(to, from, head);
  to += head, from += head, count -= head;
  for (; count >= LINE; count -= LINE, to += LINE, from += LINE) {
    __builtin_prefetch(from + AHEAD, 0, 0);
    __m128i part[4];
    for (int i = 0; i < 4; i++) part[i] = _mm_loadu_si128((const __m128i *)from + i);
    for (int i = 0; i < 4; i++) _mm_stream_si128((__m128i *)to + i, part[i]);
  }
  memcpy(to, from, count);
  // These stores are not ordered with later ones: the release that publishes the item would not
  // release them. Pairs with the acquire of whoever reads it.
  _mm_sfence();
}
#endif

void weir_copy_large(void *target, const void *source, size_t count) {
#if defined(__x86_64__)
  uintptr_t to = (uintptr_t)target, from = (uintptr_t)source;
  int overlap = to < from + count && from < to + count;
  // Smaller ones do not ask: the first to ask makes system calls.
  if (count >= WEIR_LARGE_BYTES && count >= weir_streaming_threshold() && !overlap) {
    stream(target, source, count);
    return;
  }
  if (is_repeated_by_bytes(to, from, count) && !overlap) {
    copy_lines(target, source, count);
    return;
  }
#endif
  memmove(target, source, count);
}
