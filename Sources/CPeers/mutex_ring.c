// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CPeers.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

//   0      mutex, conditions, counters   (struct ring)
//   512    slots, each: length (8), padding (56), bytes, up to whole cache lines
typedef struct {
  pthread_mutex_t mutex;
  pthread_cond_t filled, emptied;
  uint64_t sent, taken;
  // Signals are only given to those who are there: each would be a system call.
  uint32_t receivers, senders;
} ring;

enum { FIRST_SLOT = 512, LINE = 64 };
_Static_assert(sizeof(ring) <= FIRST_SLOT, "the slots follow the counters");

static size_t stride_of(size_t size) { return LINE + (size + LINE - 1) / LINE * LINE; }

size_t weir_mutex_ring_byte_count(size_t depth, size_t size) {
  return FIRST_SLOT + depth * stride_of(size);
}

int weir_mutex_ring_prepare(void *memory) {
  ring *ring = memory;
  pthread_mutexattr_t mutex;
  pthread_condattr_t condition;
  pthread_mutexattr_init(&mutex);
  pthread_condattr_init(&condition);
  int error = pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
  if (error == 0) error = pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = pthread_condattr_setclock(&condition, CLOCK_MONOTONIC);
  if (error == 0) error = pthread_mutex_init(&ring->mutex, &mutex);
  if (error == 0) error = pthread_cond_init(&ring->filled, &condition);
  if (error == 0) error = pthread_cond_init(&ring->emptied, &condition);
  pthread_mutexattr_destroy(&mutex);
  pthread_condattr_destroy(&condition);
  return -error;
}

// Who held the mutex died in the middle of a change: left as it is, it refuses everybody from now on.
static int checked(ring *ring, int error) {
  if (error == EOWNERDEAD) pthread_mutex_unlock(&ring->mutex);
  return error == EOWNERDEAD || error == ENOTRECOVERABLE ? -EPIPE : -error;
}

static int wait_for_change(
    ring *ring, pthread_cond_t *condition, uint32_t *waiters, int64_t patience_ns,
    struct timespec *deadline) {
  // The clock is read by those who must wait, and once.
  if (deadline->tv_sec == 0) {
    clock_gettime(CLOCK_MONOTONIC, deadline);
    int64_t nanoseconds = deadline->tv_nsec + patience_ns;
    deadline->tv_sec += nanoseconds / 1000000000;
    deadline->tv_nsec = nanoseconds % 1000000000;
  }
  *waiters += 1;
  int error = pthread_cond_timedwait(condition, &ring->mutex, deadline);
  if (error == EOWNERDEAD || error == ENOTRECOVERABLE) return checked(ring, error);
  *waiters -= 1;
  if (error != 0) pthread_mutex_unlock(&ring->mutex);
  return -error;
}

int64_t weir_mutex_ring_send(
    void *memory, size_t depth, size_t room, const void *bytes, size_t size, int64_t patience_ns) {
  ring *ring = memory;
  struct timespec deadline = {0};
  if (size > room) return -EMSGSIZE;
  int error = pthread_mutex_lock(&ring->mutex);
  if (error != 0) return checked(ring, error);
  while (ring->sent - ring->taken >= depth) {
    error = wait_for_change(ring, &ring->emptied, &ring->senders, patience_ns, &deadline);
    if (error != 0) return error;
  }
  char *slot = (char *)memory + FIRST_SLOT + ring->sent % depth * stride_of(room);
  memcpy(slot, &(uint64_t){size}, sizeof(uint64_t));
  memcpy(slot + LINE, bytes, size);
  ring->sent++;
  if (ring->receivers > 0) pthread_cond_signal(&ring->filled);
  pthread_mutex_unlock(&ring->mutex);
  return (int64_t)size;
}

int64_t weir_mutex_ring_receive(
    void *memory, size_t depth, size_t room, void *bytes, int64_t patience_ns) {
  ring *ring = memory;
  struct timespec deadline = {0};
  int error = pthread_mutex_lock(&ring->mutex);
  if (error != 0) return checked(ring, error);
  while (ring->sent == ring->taken) {
    error = wait_for_change(ring, &ring->filled, &ring->receivers, patience_ns, &deadline);
    if (error != 0) return error;
  }
  const char *slot = (const char *)memory + FIRST_SLOT + ring->taken % depth * stride_of(room);
  uint64_t size;
  memcpy(&size, slot, sizeof size);
  int64_t result = size <= room ? (int64_t)size : -EPROTO;
  if (result > 0) memcpy(bytes, slot + LINE, size);
  ring->taken++;
  if (ring->senders > 0) pthread_cond_signal(&ring->emptied);
  pthread_mutex_unlock(&ring->mutex);
  return result;
}
