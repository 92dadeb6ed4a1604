// SPDX-License-Identifier: Apache-2.0
//
// vfork + exec, because between the two nothing of Swift may run and a fork would copy the page
// tables of a harness that maps gigabytes. The child shares our memory until exec: it only makes
// async-signal-safe calls. What fails it reports through a pipe that exec closes, not through that
// memory: the thread sanitizer makes a fork of every vfork.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

enum { FIRST_DESCRIPTOR = 3 };

struct outcome {
  int step;
  int error;
};

static void give_up(int report, int step) {
  struct outcome outcome = {step, errno};
  // Less than a pipe's buffer: written whole.
  if (write(report, &outcome, sizeof outcome) < 0) _exit(126);
  _exit(127);
}

// Moves the inherited descriptors to 3, 4, … through numbers above the last of those, so that none
// overwrites another; not far above, or a low limit on open files would refuse them. The report's pipe
// follows them.
static int arrange_descriptors(const weir_spawn_spec *spec, int *report) {
  int parked[WEIR_SPAWN_MAX_DESCRIPTORS];
  const int above = FIRST_DESCRIPTOR + (int)spec->descriptor_count;
  for (size_t i = 0; i < spec->descriptor_count; i++) {
    parked[i] = fcntl(spec->descriptors[i], F_DUPFD, above);
    if (parked[i] < 0) return -1;
  }
  int moved = fcntl(*report, F_DUPFD_CLOEXEC, above);
  if (moved < 0) return -1;
  *report = moved;
  if (spec->standard_error >= 0 && dup2(spec->standard_error, 2) < 0) return -1;
  for (int stream = 0; spec->standard_streams > 0 && stream < 2; stream++) {
    if (dup2(spec->standard_streams, stream) < 0) return -1;
  }
  for (size_t i = 0; i < spec->descriptor_count; i++) {
    if (dup2(parked[i], FIRST_DESCRIPTOR + (int)i) < 0) return -1;
  }
  if (*report > above && syscall(SYS_close_range, (unsigned)above, (unsigned)*report - 1, 0) < 0) return -1;
  return (int)syscall(SYS_close_range, (unsigned)*report + 1, ~0u, 0);
}

static void reset_signals(void) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_child(const weir_spawn_spec *spec, pid_t parent, int report) {
  if (spec->kill_with_parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) give_up(report, WEIR_STEP_PARENT);
    // The parent may have died before the line above: then nobody would kill us.
    if (getppid() != parent) give_up(report, WEIR_STEP_PARENT);
  }
  // A terminal's Ctrl-C goes to the foreground group: the harness decides what it means.
  setpgid(0, 0);
  if (spec->cpu_mask != NULL &&
      syscall(SYS_sched_setaffinity, 0, spec->cpu_mask_words * sizeof(uint64_t), spec->cpu_mask) < 0)
    give_up(report, WEIR_STEP_AFFINITY);
  if (arrange_descriptors(spec, &report) < 0) give_up(report, WEIR_STEP_DESCRIPTORS);
  reset_signals();
  execve(spec->path, spec->arguments, spec->environment);
  give_up(report, WEIR_STEP_EXEC);
}

pid_t weir_spawn(const weir_spawn_spec *spec, int *failed_step) {
  *failed_step = WEIR_STEP_NONE;
  if (spec->descriptor_count > WEIR_SPAWN_MAX_DESCRIPTORS) {
    *failed_step = WEIR_STEP_DESCRIPTORS;
    return -E2BIG;
  }
  int report[2];
  if (pipe2(report, O_CLOEXEC) < 0) {
    *failed_step = WEIR_STEP_DESCRIPTORS;
    return -errno;
  }
  pid_t parent = getpid();
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pid_t child = vfork();
  if (child == 0) run_child(spec, parent, report[1]);
  int vfork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (child < 0) {
    close(report[0]);
    *failed_step = WEIR_STEP_VFORK;
    return -vfork_error;
  }
  struct outcome outcome = {WEIR_STEP_NONE, 0};
  ssize_t count;
  do count = read(report[0], &outcome, sizeof outcome);
  while (count < 0 && errno == EINTR);
  close(report[0]);
  if (count == sizeof outcome) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) continue;
    *failed_step = outcome.step;
    return -outcome.error;
  }
  return child;
}

int weir_reap(int pidfd, int block, int *code, int *signalled) {
  siginfo_t info = {0};
  int flags = WEXITED | (block ? 0 : WNOHANG);
  int status;
  do status = waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, flags);
  while (status < 0 && errno == EINTR);
  if (status < 0) return -errno;
  if (info.si_pid == 0) return -EAGAIN;
  *code = info.si_status;
  *signalled = info.si_code != CLD_EXITED;
  return 0;
}
