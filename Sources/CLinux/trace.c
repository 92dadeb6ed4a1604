// SPDX-License-Identifier: Apache-2.0
//
// Counts the system calls of another process exactly, between marks that it makes itself. A mark is a
// system call that nobody else makes: getpgid of a number that is no process's.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct __ptrace_syscall_info call_info;

enum { MARK_BASE = 0x57e10000, MOST_THREADS = 32 };

void weir_trace_mark(int mark) { syscall(SYS_getpgid, -(MARK_BASE + mark)); }

typedef struct {
  pid_t thread;
  call_info entry;
} traced;

typedef struct {
  traced threads[MOST_THREADS];
  size_t count;
  int is_counting, is_done;
  weir_trace_counts *rounds;
  size_t round, capacity;
} tracer;

static traced *find(tracer *tracer, pid_t thread) {
  for (size_t i = 0; i < tracer->count; i++)
    if (tracer->threads[i].thread == thread) return &tracer->threads[i];
  if (tracer->count == MOST_THREADS) return NULL;
  traced *fresh = &tracer->threads[tracer->count++];
  *fresh = (traced){.thread = thread};
  return fresh;
}

static int is_mark(const call_info *call, int *mark) {
  if (call->entry.nr != SYS_getpgid) return 0;
  *mark = -(int)call->entry.args[0] - MARK_BASE;
  return *mark >= 0 && *mark <= WEIR_MARK_DONE;
}

static void note(tracer *tracer, traced *thread, const call_info *exit) {
  weir_trace_counts *counts = &tracer->rounds[tracer->round];
  const call_info *call = &thread->entry;
  int64_t result = exit->exit.rval;
  counts->calls++;
  switch (call->entry.nr) {
    case SYS_futex:
      switch (call->entry.args[1] & FUTEX_CMD_MASK) {
        case FUTEX_WAKE: case FUTEX_WAKE_BITSET: case FUTEX_WAKE_OP:
          counts->futex_wakes++;
          if (result > 0) counts->woken += (uint64_t)result;
          break;
        default: counts->futex_waits++;
      }
      break;
    case SYS_read: case SYS_write: case SYS_readv: case SYS_writev: case SYS_pread64:
    case SYS_pwrite64: case SYS_sendto: case SYS_recvfrom: case SYS_sendmsg: case SYS_recvmsg:
      if (result > 0) counts->kernel_bytes += (uint64_t)result;
      break;
    default: break;
  }
}

// What a stop at a system call means.
static void look(tracer *tracer, pid_t stopped) {
  call_info info = {0};
  traced *thread = find(tracer, stopped);
  if (thread == NULL) return;
  if (ptrace(PTRACE_GET_SYSCALL_INFO, stopped, sizeof info, &info) <= 0) return;
  if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
    thread->entry = info;
    return;
  }
  int mark = 0;
  if (info.op != PTRACE_SYSCALL_INFO_EXIT || thread->entry.op == 0) return;
  if (is_mark(&thread->entry, &mark)) {
    switch (mark) {
      case WEIR_MARK_BEGIN:
        tracer->is_counting = tracer->round < tracer->capacity;
        break;
      case WEIR_MARK_END:
        tracer->round += tracer->is_counting ? 1 : 0;
        tracer->is_counting = 0;
        break;
      default: tracer->is_done = 1;
    }
  } else if (tracer->is_counting) {
    note(tracer, thread, &info);
  }
  thread->entry.op = 0;
}

int weir_trace_attach(pid_t process) {
  long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
  if (ptrace(PTRACE_SEIZE, process, NULL, options) != 0) return -errno;
  if (ptrace(PTRACE_INTERRUPT, process, NULL, NULL) != 0) return -errno;
  int status = 0;
  if (waitpid(process, &status, __WALL) != process || !WIFSTOPPED(status)) return -ESRCH;
  return ptrace(PTRACE_SYSCALL, process, NULL, NULL) == 0 ? 0 : -errno;
}

int weir_trace_follow(pid_t process, weir_trace_counts *rounds, size_t capacity) {
  tracer tracer = {.rounds = rounds, .capacity = capacity};
  memset(rounds, 0, capacity * sizeof *rounds);
  while (!tracer.is_done) {
    int status = 0;
    pid_t stopped = waitpid(-1, &status, __WALL | __WNOTHREAD);
    if (stopped < 0 && errno == EINTR) continue;
    if (stopped < 0) return -errno;
    if (!WIFSTOPPED(status)) {
      // A thread that ends is no news; the process is.
      if (stopped == process) return -ECHILD;
      continue;
    }
    int signal = 0;
    if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
      look(&tracer, stopped);
    } else if (status >> 16 == 0) {
      signal = WSTOPSIG(status);
    }
    if (tracer.is_done) {
      ptrace(PTRACE_DETACH, stopped, NULL, NULL);
    } else {
      ptrace(PTRACE_SYSCALL, stopped, NULL, (long)signal);
    }
  }
  return (int)tracer.round;
}
