// SPDX-License-Identifier: Apache-2.0
//
// Moving messages through channels of the kernel.
#define _GNU_SOURCE
#include "CLinux.h"
#include "CPeers.h"

#include <errno.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// A spinner looks at the clock, and lets others run, once in so many tries.
enum { TRIES_PER_LOOK = 256 };

typedef struct {
  int64_t patience_ns;
  int64_t deadline_ns;
  unsigned tries;
} spinner;

static int64_t now_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

// Whether another try is due; the first look at the clock starts the patience.
static int try_again(spinner *spinner) {
  weir_cpu_relax();
  if (++spinner->tries % TRIES_PER_LOOK != 0) return 1;
  sched_yield();
  int64_t now = now_ns(CLOCK_MONOTONIC);
  if (spinner->deadline_ns == 0) spinner->deadline_ns = now + spinner->patience_ns;
  return now < spinner->deadline_ns;
}

// After a call that failed: 0 to call again, else what to return. A message that was begun is
// finished, or its reader's end is noticed.
static int64_t failure(spinner *spinner, int spins, int is_begun) {
  if (errno == EINTR) return 0;
  if (errno == EAGAIN && spins) return try_again(spinner) || is_begun ? 0 : -ETIMEDOUT;
  return errno == ECONNRESET ? -EPIPE : -errno;
}

int64_t weir_peer_write(
    int descriptor, const void *bytes, size_t size, int spins, int64_t patience_ns) {
  spinner spinner = {.patience_ns = patience_ns};
  size_t moved = 0;
  while (moved < size) {
    ssize_t count = write(descriptor, (const char *)bytes + moved, size - moved);
    if (count > 0) {
      moved += (size_t)count;
      continue;
    }
    int64_t failed = failure(&spinner, spins, moved > 0);
    if (failed != 0) return failed;
  }
  return (int64_t)size;
}

int64_t weir_peer_read(int descriptor, void *bytes, size_t size, int spins, int64_t patience_ns) {
  spinner spinner = {.patience_ns = patience_ns};
  size_t moved = 0;
  while (moved < size) {
    ssize_t count = read(descriptor, (char *)bytes + moved, size - moved);
    if (count > 0) {
      moved += (size_t)count;
    } else if (count == 0) {
      return moved == 0 ? 0 : -ECONNRESET;
    } else {
      int64_t failed = failure(&spinner, spins, moved > 0);
      if (failed != 0) return failed;
    }
  }
  return (int64_t)size;
}

int64_t weir_peer_send_packet(
    int descriptor, const void *bytes, size_t size, int spins, int64_t patience_ns) {
  spinner spinner = {.patience_ns = patience_ns};
  while (1) {
    ssize_t count = send(descriptor, bytes, size, MSG_NOSIGNAL);
    if (count >= 0) return count;
    int64_t failed = failure(&spinner, spins, 0);
    if (failed != 0) return failed;
  }
}

int64_t weir_peer_receive_packet(
    int descriptor, void *bytes, size_t room, int spins, int64_t patience_ns) {
  spinner spinner = {.patience_ns = patience_ns};
  while (1) {
    ssize_t count = recv(descriptor, bytes, room, MSG_TRUNC);
    if (count >= 0) return count;
    int64_t failed = failure(&spinner, spins, 0);
    if (failed != 0) return failed;
  }
}

// Queues take the time of day.
static struct timespec deadline_of(int64_t patience_ns) {
  int64_t end = now_ns(CLOCK_REALTIME) + patience_ns;
  return (struct timespec){.tv_sec = end / 1000000000, .tv_nsec = end % 1000000000};
}

int64_t weir_peer_queue_send(
    int queue, const void *bytes, size_t size, int spins, int64_t patience_ns) {
  spinner spinner = {.patience_ns = patience_ns};
  struct timespec deadline = {0};
  if (!spins) deadline = deadline_of(patience_ns);
  while (1) {
    int result = spins ? mq_send(queue, bytes, size, 0)
                       : mq_timedsend(queue, bytes, size, 0, &deadline);
    if (result == 0) return (int64_t)size;
    int64_t failed = failure(&spinner, spins, 0);
    if (failed != 0) return failed;
  }
}

int64_t weir_peer_queue_receive(
    int queue, void *bytes, size_t room, int spins, int64_t patience_ns) {
  spinner spinner = {.patience_ns = patience_ns};
  struct timespec deadline = {0};
  if (!spins) deadline = deadline_of(patience_ns);
  while (1) {
    ssize_t count = spins ? mq_receive(queue, bytes, room, NULL)
                          : mq_timedreceive(queue, bytes, room, NULL, &deadline);
    if (count >= 0) return count;
    int64_t failed = failure(&spinner, spins, 0);
    if (failed != 0) return failed;
  }
}
