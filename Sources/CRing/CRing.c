// SPDX-License-Identifier: Apache-2.0
#include "CLinux.h"
#include "CRing.h"

#include <stdatomic.h>
#include <string.h>

// Offset 0: messages taken, the customer's line. From 128 on: slots of `sequence, length, bytes`.
enum { HEADER = 16, FIRST_SLOT = 128, PAIR = 128, MOST_BYTES = 4 << 20 };
static const uint64_t END_MARK = UINT64_MAX;

static size_t stride_of(size_t size) { return (HEADER + size + PAIR - 1) / PAIR * PAIR; }

static uint64_t slots_of(size_t size) {
  uint64_t slots = WEIR_RING_SLOTS;
  while (slots > 2 && slots * size > MOST_BYTES) slots /= 2;
  return slots;
}

size_t weir_ring_byte_count(size_t size) { return FIRST_SLOT + slots_of(size) * stride_of(size); }

// `slots` is a power of two.
static char *slot_of(void *ring, size_t stride, uint64_t slots, uint64_t index) {
  return (char *)ring + FIRST_SLOT + (index & (slots - 1)) * stride;
}

static _Atomic uint64_t *taken_of(void *ring) { return ring; }

static void wait_for_room(void *ring, weir_ring_end *end, uint64_t slots) {
  while (end->count - end->known >= slots)
    end->known = atomic_load_explicit(taken_of(ring), memory_order_acquire);
}

// Short copies in line, the last bytes first: what is polled is written last.
static inline __attribute__((always_inline)) void copy(char *to, const char *from, size_t size) {
  typedef uint64_t pair __attribute__((vector_size(16), aligned(1), may_alias));
  if (size < 16 || size > 128) {
    memcpy(to, from, size);
    return;
  }
  size_t left = size;
  for (; left >= 16; left -= 16) *(pair *)(to + left - 16) = *(const pair *)(from + left - 16);
  if (left > 0) *(pair *)to = *(const pair *)from;
}

void weir_ring_send(
    void *ring, weir_ring_end *end, const void *source, size_t size, uint64_t count) {
  size_t stride = stride_of(size);
  uint64_t slots = slots_of(size);
  for (uint64_t left = count; left > 0; left--) {
    wait_for_room(ring, end, slots);
    char *slot = slot_of(ring, stride, slots, end->count);
    copy(slot + HEADER, source, size);
    // The number after the rest: reading back what was just stored would wait for the store.
    memcpy(slot + HEADER, &end->count, size < 8 ? size : 8);
    *(uint64_t *)(slot + 8) = size;
    end->count++;
    atomic_store_explicit((_Atomic uint64_t *)slot, end->count, memory_order_release);
  }
}

void weir_ring_finish(void *ring, weir_ring_end *end, size_t size) {
  uint64_t slots = slots_of(size);
  wait_for_room(ring, end, slots);
  char *slot = slot_of(ring, stride_of(size), slots, end->count);
  *(uint64_t *)(slot + 8) = END_MARK;
  end->count++;
  atomic_store_explicit((_Atomic uint64_t *)slot, end->count, memory_order_release);
  while (end->known < end->count)
    end->known = atomic_load_explicit(taken_of(ring), memory_order_acquire);
}

static uint64_t sum_of(const char *bytes, size_t size) {
  uint64_t sum = 0, word;
  for (; size >= 8; size -= 8, bytes += 8) {
    memcpy(&word, bytes, 8);
    sum += word;
  }
  for (; size > 0; size--, bytes++) sum += (unsigned char)*bytes;
  return sum;
}

uint64_t weir_roof_read(const void *bytes, size_t size) {
  typedef uint64_t pair __attribute__((vector_size(16), aligned(1), may_alias));
  const pair *from = bytes;
  pair sums[4] = {0};
  for (; size >= 64; size -= 64, from += 4)
    for (int i = 0; i < 4; i++) sums[i] += from[i];
  pair sum = sums[0] + sums[1] + sums[2] + sums[3];
  return sum[0] + sum[1] + sum_of((const char *)from, size);
}

static void pause_briefly(void) {
  for (int i = 0; i < 3; i++) weir_cpu_relax();
}

// Polling a slot that is being written takes its lines away from the writer: who has caught up
// holds off once.
static void wait_for_message(char *slot, uint64_t sequence) {
  _Atomic uint64_t *word = (_Atomic uint64_t *)slot;
  if (atomic_load_explicit(word, memory_order_acquire) == sequence) return;
  pause_briefly();
  while (atomic_load_explicit(word, memory_order_acquire) != sequence) {}
}

void weir_ring_receive(void *ring, weir_ring_end *end, size_t size) {
  size_t stride = stride_of(size);
  uint64_t slots = slots_of(size);
  for (int ended = 0; !ended;) {
    char *slot = slot_of(ring, stride, slots, end->count);
    wait_for_message(slot, end->count + 1);
    ended = *(uint64_t *)(slot + 8) == END_MARK;
    if (!ended) end->sum += sum_of(slot + HEADER, size);
    end->count++;
    atomic_store_explicit(taken_of(ring), end->count, memory_order_release);
  }
}
