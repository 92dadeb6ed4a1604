// SPDX-License-Identifier: Apache-2.0
//
// The plainest ring between two processes, in C: what the machine can do at a message size, for the
// roofline. Same design as Weir's shared-memory store (a sequence in each slot's first line, slots
// in pairs of lines, one release per message), without anything that a transport needs besides:
// no other customers, no sleeping, no ends, no peers that die, no checks of what is read.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Most slots of a ring; it has fewer, but two at least, when they would take more than 4 MiB.
enum { WEIR_RING_SLOTS = 64 };

// Bytes that a ring for messages of `size` bytes takes, zeroed before first use.
size_t weir_ring_byte_count(size_t size);

// Where one end is; starts as zero.
typedef struct {
  uint64_t count;   // messages so far
  uint64_t known;   // producer: messages known to be taken
  uint64_t sum;     // customer: of all words read, so that none is skipped
} weir_ring_end;

// Sends `count` messages: `source` with the message's number in its first word.
void weir_ring_send(
    void *ring, weir_ring_end *end, const void *source, size_t size, uint64_t count);

// Sends an end mark and waits until it was taken.
void weir_ring_finish(void *ring, weir_ring_end *end, size_t size);

// Reads every byte once, in the widest loads that every processor of its kind has; returns their sum.
uint64_t weir_roof_read(const void *bytes, size_t size);

// Receives, reading every byte in place, until the end mark.
void weir_ring_receive(void *ring, weir_ring_end *end, size_t size);
