// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

_Static_assert(sizeof(weir_sums) == 16, "the checksum travels as two words");
_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "CPU masks are passed as 64-bit words");
_Static_assert(sizeof(void *) == 8, "segments hold 64-bit offsets");

// struct futex_waitv, which headers before Linux 5.16 lack. Size flag 2: a 32-bit word; no private
// flag: the waker may be another process.
struct futex_place {
  uint64_t value;
  uint64_t address;
  uint32_t flags;
  uint32_t reserved;
};
_Static_assert(sizeof(struct futex_place) == 24, "the kernel's struct futex_waitv");
enum { FUTEX_SHARED_WORD = 2 };

static int result(long value) { return value < 0 ? -errno : (int)value; }

int weir_getcpu(uint32_t *cpu, uint32_t *node) {
  unsigned cpu_now = 0, node_now = 0;
  if (getcpu(&cpu_now, &node_now) != 0) return errno;
  *cpu = cpu_now;
  *node = node_now;
  return 0;
}

int weir_get_affinity(pid_t pid, uint64_t *words, size_t count) {
  memset(words, 0, count * sizeof(uint64_t));
  if (sched_getaffinity(pid, count * sizeof(uint64_t), (cpu_set_t *)words) != 0) return errno;
  return 0;
}

int weir_set_affinity(const uint64_t *words, size_t count) {
  if (sched_setaffinity(0, count * sizeof(uint64_t), (const cpu_set_t *)words) != 0) return errno;
  return 0;
}

int weir_yield(void) { return result(sched_yield()); }

// ---- Checksum ------------------------------------------------------------------------------------

// One lane per column of a 128-byte row: columns are independent, so the compiler vectorises them.
enum { LANES = 16 };

// Not under a sanitizer: the loader picks the clone before the sanitizer's runtime is up, and the
// instrumented resolver crashes.
#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif
#if defined(__x86_64__) && !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)
#define WEIR_VECTOR_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WEIR_VECTOR_CLONES
#endif

WEIR_VECTOR_CLONES static void sum_rows(
    const unsigned char *bytes, size_t rows, uint64_t *restrict sum, uint64_t *restrict running) {
  for (size_t row = 0; row < rows; row++) {
    uint64_t words[LANES];
    memcpy(words, bytes + row * sizeof words, sizeof words);
    for (int lane = 0; lane < LANES; lane++) {
      sum[lane] += words[lane];
      running[lane] += sum[lane];
    }
  }
}

weir_sums weir_checksum(const void *bytes, size_t byte_count) {
  weir_sums total = {0, 0};
  const unsigned char *cursor = bytes;
  size_t words = (byte_count + 7) / 8;
  size_t rows = byte_count / (LANES * 8);
  if (rows > 0) {
    uint64_t sum[LANES] = {0}, running[LANES] = {0};
    sum_rows(cursor, rows, sum, running);
    // A word of lane l in row r is counted (rows - r) times; its distance from the end is
    // words - (r * LANES + l) = (rows - r) * LANES + (words - rows * LANES) - l.
    uint64_t rest = words - rows * LANES;
    for (uint64_t lane = 0; lane < LANES; lane++) {
      total.sum += sum[lane];
      total.weighted += running[lane] * LANES + sum[lane] * (rest - lane);
    }
    cursor += rows * LANES * 8;
    byte_count -= rows * LANES * 8;
    words = rest;
  }
  for (; byte_count >= 8; byte_count -= 8, cursor += 8, words -= 1) {
    uint64_t word;
    memcpy(&word, cursor, sizeof word);
    total.sum += word;
    total.weighted += word * words;
  }
  if (byte_count > 0) {
    uint64_t word = 0;
    memcpy(&word, cursor, byte_count);
    total.sum += word;
    total.weighted += word * words;
  }
  return total;
}

// ---- Waiting -------------------------------------------------------------------------------------

int weir_futex_wait(const uint32_t *word, uint32_t expected, int64_t timeout_ns) {
  struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
  return result(syscall(SYS_futex, word, FUTEX_WAIT, expected, timeout_ns < 0 ? NULL : &timeout, NULL, 0));
}

int weir_futex_wake(const uint32_t *word, int count) {
  return result(syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0));
}

int weir_futex_waitv(
    const uint32_t *const *words, const uint32_t *expected, size_t count, int64_t deadline_ns) {
  if (count > WEIR_WAIT_MAX_WORDS) return -E2BIG;
  struct futex_place places[WEIR_WAIT_MAX_WORDS];
  for (size_t i = 0; i < count; i++) {
    places[i] = (struct futex_place){expected[i], (uint64_t)(uintptr_t)words[i], FUTEX_SHARED_WORD, 0};
  }
  struct timespec deadline = {deadline_ns / 1000000000, deadline_ns % 1000000000};
  return result(syscall(
      SYS_futex_waitv, places, count, 0, deadline_ns < 0 ? NULL : &deadline, CLOCK_MONOTONIC));
}
int weir_barrier_everywhere(void) { return result(syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0)); }

int weir_has_barrier_everywhere(void) {
  long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
  return commands > 0 && (commands & MEMBARRIER_CMD_GLOBAL) != 0;
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEIR_THREAD_SANITIZER
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#endif
#endif

void weir_sanitizer_acquire(void *address) {
#ifdef WEIR_THREAD_SANITIZER
  __tsan_acquire(address);
#else
  (void)address;
#endif
}

void weir_sanitizer_release(void *address) {
#ifdef WEIR_THREAD_SANITIZER
  __tsan_release(address);
#else
  (void)address;
#endif
}

void weir_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

int weir_watch_open(void) { return result(epoll_create1(EPOLL_CLOEXEC)); }

int weir_watch_add(int watch, int descriptor, uint64_t number) {
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = number};
  return result(epoll_ctl(watch, EPOLL_CTL_ADD, descriptor, &event));
}

int weir_watch_remove(int watch, int descriptor) { return result(epoll_ctl(watch, EPOLL_CTL_DEL, descriptor, NULL)); }

int weir_watch_wait(int watch, uint64_t *number) {
  struct epoll_event event;
  int count;
  do count = result(epoll_wait(watch, &event, 1, -1)); while (count == -EINTR);
  if (count < 0) return count;
  *number = event.data.u64;
  return 0;
}

// ---- Memory --------------------------------------------------------------------------------------

static int make_memfd(const char *name, unsigned flags) {
  int descriptor = result(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | flags));
  // The kernel makes it 0777, and /proc/PID/fd would open it for whoever may look there.
  if (descriptor >= 0 && fchmod(descriptor, S_IRUSR | S_IWUSR) < 0) {
    int error = -errno;
    close(descriptor);
    return error;
  }
  return descriptor;
}

int weir_memfd_create(const char *name) { return make_memfd(name, 0); }

int weir_memfd_create_reserved(const char *name) { return make_memfd(name, MFD_HUGETLB); }

int weir_memfd_seal_size(int descriptor) {
  return result(fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL));
}

int weir_size_is_sealed(int descriptor) {
  int seals = fcntl(descriptor, F_GET_SEALS);
  return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
}

int weir_populate(void *address, size_t byte_count, int for_writing) {
  return result(madvise(address, byte_count, for_writing ? MADV_POPULATE_WRITE : MADV_POPULATE_READ));
}

int weir_advise_huge_pages(void *address, size_t byte_count, int wanted) {
  return result(madvise(address, byte_count, wanted ? MADV_HUGEPAGE : MADV_NOHUGEPAGE));
}

void *weir_map_shared(int descriptor, size_t byte_count, size_t alignment, int writable) {
  char *room = mmap(NULL, byte_count + alignment, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return MAP_FAILED;
  char *start = (char *)(((uintptr_t)room + alignment - 1) / alignment * alignment);
  void *mapped = mmap(start, byte_count, writable ? PROT_READ | PROT_WRITE : PROT_READ,
                      MAP_SHARED | MAP_FIXED, descriptor, 0);
  int error = errno;
  if (mapped == MAP_FAILED) {
    munmap(room, byte_count + alignment);
  } else {
    if (start > room) munmap(room, (size_t)(start - room));
    if (start < room + alignment) munmap(start + byte_count, (size_t)(room + alignment - start));
  }
  errno = error;
  return mapped;
}

int64_t weir_file_size(int descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) < 0) return -errno;
  return status.st_size;
}

// ---- Descriptors ---------------------------------------------------------------------------------

int weir_open_pidfd(pid_t pid) { return result(syscall(SYS_pidfd_open, pid, 0)); }

int weir_pidfd_kill(int pidfd, int signal) { return result(syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0)); }

int weir_eventfd(void) { return result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

int weir_poll(struct pollfd *entries, size_t count, int64_t timeout_ns) {
  struct timespec timeout = {timeout_ns / 1000000000, timeout_ns % 1000000000};
  return result(ppoll(entries, count, timeout_ns < 0 ? NULL : &timeout, NULL));
}

int weir_stream_pair(int out[2], int buffer_bytes) {
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, out) < 0) return -errno;
  for (int end = 0; end < 2; end++) {
    // Best effort: the kernel caps it at net.core.wmem_max, and a smaller buffer is only slower.
    setsockopt(out[end], SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
  }
  return 0;
}

int weir_interrupt_descriptor(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  int error = pthread_sigmask(SIG_BLOCK, &signals, NULL);
  if (error != 0) return -error;
  return result(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
}

int weir_lock_byte(int descriptor, uint64_t byte) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1};
  return result(fcntl(descriptor, F_OFD_SETLK, &lock));
}

int weir_unlock_byte(int descriptor, uint64_t byte) {
  struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1};
  return result(fcntl(descriptor, F_OFD_SETLK, &lock));
}

int weir_byte_is_locked(int descriptor, uint64_t byte) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1};
  if (fcntl(descriptor, F_OFD_GETLK, &lock) < 0) return -errno;
  return lock.l_type != F_UNLCK;
}

int weir_reopen(int descriptor) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  return result(open(path, O_RDWR | O_CLOEXEC));
}

void weir_keep_heap(void) {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, -1);
  mallopt(M_TOP_PAD, 1 << 24);
}

int weir_shift_heap(size_t byte_count) {
  // Volatile: a compiler may leave out a malloc whose result nobody uses.
  void *volatile block = malloc(byte_count);
  return block ? 0 : -ENOMEM;
}
