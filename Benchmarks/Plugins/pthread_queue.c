// SPDX-License-Identifier: Apache-2.0
//
// A queue in shared memory behind a pthread mutex and two conditions, as a plug-in: what most message
// queues between processes are at heart, in 200 lines.
//
//   0      struct queue: mutex, conditions, counters, a cursor per receiver
//   4096   slots, each: length (8), padding (56), bytes, up to whole cache lines
//
// Every receiver has a cursor; the slowest one's is how far the ring is free. Messages are read in place,
// outside the mutex: their slots are not reused before `release`.
#define _GNU_SOURCE
#include "weir_backend.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_SLOT = 4096, LINE = 64, MOST_RECEIVERS = 16 };

struct queue {
  pthread_mutex_t mutex;
  pthread_cond_t filled, emptied;
  uint64_t sent;
  uint64_t taken[MOST_RECEIVERS];
  // A signal is a system call: given only to those who are there.
  uint32_t waiting_receivers, waiting_senders;
  uint32_t has_ended, is_broken;
};
_Static_assert(sizeof(struct queue) <= FIRST_SLOT, "the slots follow the queue's own words");

struct end {
  struct queue *queue;
  char *slots;
  uint64_t depth, item_bytes, stride, map_bytes;
  uint32_t receivers, role, index;
  int drops;
};

static uint64_t stride_of(uint64_t size) { return LINE + (size + LINE - 1) / LINE * LINE; }

static int prepare(struct queue *queue) {
  pthread_mutexattr_t mutex;
  pthread_condattr_t condition;
  pthread_mutexattr_init(&mutex);
  pthread_condattr_init(&condition);
  int error = pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
  if (error == 0) error = pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
  if (error == 0) error = pthread_condattr_setclock(&condition, CLOCK_MONOTONIC);
  if (error == 0) error = pthread_mutex_init(&queue->mutex, &mutex);
  if (error == 0) error = pthread_cond_init(&queue->filled, &condition);
  if (error == 0) error = pthread_cond_init(&queue->emptied, &condition);
  pthread_mutexattr_destroy(&mutex);
  pthread_condattr_destroy(&condition);
  return error;
}

static int32_t create(const struct weir_backend_terms *terms, struct weir_backend_grant *grant) {
  uint64_t bytes = FIRST_SLOT + terms->depth * stride_of(terms->item_bytes);
  int memory = memfd_create("pthread-queue", MFD_CLOEXEC);
  if (memory < 0) return -errno;
  struct queue *queue = MAP_FAILED;
  int error = ftruncate(memory, (off_t)bytes) == 0 ? 0 : errno;
  if (error == 0) {
    queue = mmap(NULL, FIRST_SLOT, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    error = queue == MAP_FAILED ? errno : prepare(queue);
  }
  if (queue != MAP_FAILED) munmap(queue, FIRST_SLOT);
  if (error != 0) {
    close(memory);
    return -error;
  }
  grant->descriptors[0] = memory;
  grant->descriptor_count = 1;
  return 0;
}

static int32_t attach(
    const struct weir_backend_terms *terms, const struct weir_backend_grant *grant, uint32_t role,
    uint32_t index, void **out) {
  struct end *end = calloc(1, sizeof *end);
  if (end == NULL) return -ENOMEM;
  uint64_t stride = stride_of(terms->item_bytes);
  uint64_t bytes = FIRST_SLOT + terms->depth * stride;
  // The mapping outlives the descriptor, which is only lent. Both ends touch it all now.
  void *memory = mmap(
      NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, grant->descriptors[0], 0);
  if (memory == MAP_FAILED) {
    int error = errno;
    free(end);
    return -error;
  }
  *end = (struct end){
    .queue = memory, .slots = (char *)memory + FIRST_SLOT, .depth = terms->depth,
    .item_bytes = terms->item_bytes, .stride = stride, .map_bytes = bytes,
    .receivers = terms->receivers, .role = role, .index = index,
    .drops = terms->backpressure == WEIR_BACKEND_DROPS_NEWEST,
  };
  *out = end;
  return 0;
}

static void leave(void *handle) {
  struct end *end = handle;
  munmap(end->queue, end->map_bytes);
  free(end);
}

// ---- Locking -----------------------------------------------------------------------------------------

// Who held the mutex died inside: the queue may be half changed, and refuses everybody from now on.
static int broken(struct queue *queue, int error) {
  if (error == EOWNERDEAD) {
    queue->is_broken = 1;
    pthread_mutex_consistent(&queue->mutex);
    pthread_cond_broadcast(&queue->filled);
    pthread_cond_broadcast(&queue->emptied);
    pthread_mutex_unlock(&queue->mutex);
    return -EPIPE;
  }
  return -error;
}

static int lock(struct queue *queue) {
  int error = pthread_mutex_lock(&queue->mutex);
  if (error != 0) return broken(queue, error);
  if (!queue->is_broken) return 0;
  pthread_mutex_unlock(&queue->mutex);
  return -EPIPE;
}

static struct timespec after(int64_t timeout_ns) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  int64_t nanoseconds = time.tv_nsec + timeout_ns % 1000000000;
  time.tv_sec += timeout_ns / 1000000000 + nanoseconds / 1000000000;
  time.tv_nsec = nanoseconds % 1000000000;
  return time;
}

// Waits with the mutex held; without it after any error. The clock is read once, by those who must wait.
static int wait_for(
    struct queue *queue, pthread_cond_t *condition, uint32_t *waiting, int64_t timeout_ns,
    struct timespec *deadline) {
  if (deadline->tv_sec == 0) *deadline = after(timeout_ns);
  *waiting += 1;
  int error = timeout_ns == 0 ? ETIMEDOUT
                              : pthread_cond_timedwait(condition, &queue->mutex, deadline);
  if (error == EOWNERDEAD || error == ENOTRECOVERABLE) return broken(queue, error);
  *waiting -= 1;
  if (error == 0 && !queue->is_broken) return 0;
  pthread_mutex_unlock(&queue->mutex);
  return queue->is_broken ? -EPIPE : -error;
}

// ---- Moving ------------------------------------------------------------------------------------------

static uint64_t slowest(const struct end *end) {
  uint64_t least = end->queue->taken[0];
  for (uint32_t i = 1; i < end->receivers; i++)
    if (end->queue->taken[i] < least) least = end->queue->taken[i];
  return least;
}

static int32_t send(void *handle, const void *bytes, uint64_t byte_count, int64_t timeout_ns) {
  struct end *end = handle;
  struct queue *queue = end->queue;
  struct timespec deadline = {0};
  if (byte_count > end->item_bytes) return -EMSGSIZE;
  int error = lock(queue);
  if (error != 0) return error;
  while (queue->sent - slowest(end) >= end->depth) {
    if (end->drops) {
      pthread_mutex_unlock(&queue->mutex);
      return -EAGAIN;
    }
    error = wait_for(queue, &queue->emptied, &queue->waiting_senders, timeout_ns, &deadline);
    if (error != 0) return error;
  }
  char *slot = end->slots + queue->sent % end->depth * end->stride;
  memcpy(slot, &byte_count, sizeof byte_count);
  memcpy(slot + LINE, bytes, byte_count);
  queue->sent++;
  if (queue->waiting_receivers > 0) pthread_cond_broadcast(&queue->filled);
  pthread_mutex_unlock(&queue->mutex);
  return 0;
}

static int32_t finish(void *handle, int64_t timeout_ns) {
  struct end *end = handle;
  (void)timeout_ns;
  int error = lock(end->queue);
  if (error != 0) return error;
  end->queue->has_ended = 1;
  pthread_cond_broadcast(&end->queue->filled);
  pthread_mutex_unlock(&end->queue->mutex);
  return 0;
}

static int32_t receive(void *handle, struct weir_backend_view *view, int64_t timeout_ns) {
  struct end *end = handle;
  struct queue *queue = end->queue;
  struct timespec deadline = {0};
  int error = lock(queue);
  if (error != 0) return error;
  uint64_t next = queue->taken[end->index];
  while (queue->sent == next) {
    if (queue->has_ended) {
      pthread_mutex_unlock(&queue->mutex);
      return WEIR_BACKEND_ENDED;
    }
    error = wait_for(queue, &queue->filled, &queue->waiting_receivers, timeout_ns, &deadline);
    if (error != 0) return error;
  }
  pthread_mutex_unlock(&queue->mutex);
  const char *slot = end->slots + next % end->depth * end->stride;
  memcpy(&view->byte_count, slot, sizeof view->byte_count);
  view->bytes = slot + LINE;
  return WEIR_BACKEND_MESSAGE;
}

static void release(void *handle, struct weir_backend_view *view) {
  struct end *end = handle;
  (void)view;
  if (lock(end->queue) != 0) return;
  end->queue->taken[end->index]++;
  if (end->queue->waiting_senders > 0) pthread_cond_signal(&end->queue->emptied);
  pthread_mutex_unlock(&end->queue->mutex);
}

const struct weir_backend_v1 *weir_backend_v1(void) {
  static const struct weir_backend_v1 table = {
    .version = WEIR_BACKEND_VERSION,
    .byte_count = sizeof table,
    .name = "pthread-queue",
    .summary = "shared memory behind a pthread mutex, read in place; park: condition variable",
    .edition = "1.0",
    .promises = WEIR_BACKEND_ORDERED | WEIR_BACKEND_EXACTLY_ONCE | WEIR_BACKEND_BLOCKS
                | WEIR_BACKEND_DROPS_NEWEST,
    .waits = WEIR_BACKEND_PARK,
    .max_receivers = MOST_RECEIVERS,
    .create = create,
    .attach = attach,
    .close = leave,
    .send = send,
    .finish = finish,
    .receive = receive,
    .release = release,
  };
  return &table;
}
