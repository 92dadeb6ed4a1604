// SPDX-License-Identifier: Apache-2.0
//
// vfork + exec, because between the two nothing of Swift may run and a fork would copy the page
// tables of a harness that maps gigabytes. The child shares our memory until exec: it only makes
// async-signal-safe calls, and reports through `error`, which must be volatile or the compiler drops
// the stores before _exit.
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
  volatile int step;
  volatile int error;
};

static void give_up(struct outcome *outcome, int step) {
  outcome->error = errno;
  outcome->step = step;
  _exit(127);
}

// Moves the inherited descriptors to 3, 4, … through numbers above the last of those, so that none
// overwrites another; not far above, or a low limit on open files would refuse them.
static int arrange_descriptors(const weir_spawn_spec *spec) {
  int parked[WEIR_SPAWN_MAX_DESCRIPTORS];
  const int above = FIRST_DESCRIPTOR + (int)spec->descriptor_count;
  for (size_t i = 0; i < spec->descriptor_count; i++) {
    parked[i] = fcntl(spec->descriptors[i], F_DUPFD, above);
    if (parked[i] < 0) return -1;
  }
  if (spec->standard_error >= 0 && dup2(spec->standard_error, 2) < 0) return -1;
  for (size_t i = 0; i < spec->descriptor_count; i++) {
    if (dup2(parked[i], FIRST_DESCRIPTOR + (int)i) < 0) return -1;
  }
  return (int)syscall(SYS_close_range, (unsigned)above, ~0u, 0);
}

static void reset_signals(void) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++) sigaction(number, &action, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void run_child(const weir_spawn_spec *spec, pid_t parent, struct outcome *outcome) {
  if (spec->kill_with_parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) give_up(outcome, WEIR_STEP_PARENT);
    // The parent may have died before the line above: then nobody would kill us.
    if (getppid() != parent) give_up(outcome, WEIR_STEP_PARENT);
  }
  // A terminal's Ctrl-C goes to the foreground group: the harness decides what it means.
  setpgid(0, 0);
  if (spec->cpu_mask != NULL &&
      syscall(SYS_sched_setaffinity, 0, spec->cpu_mask_words * sizeof(uint64_t), spec->cpu_mask) < 0)
    give_up(outcome, WEIR_STEP_AFFINITY);
  if (arrange_descriptors(spec) < 0) give_up(outcome, WEIR_STEP_DESCRIPTORS);
  reset_signals();
  execve(spec->path, spec->arguments, spec->environment);
  give_up(outcome, WEIR_STEP_EXEC);
}

pid_t weir_spawn(const weir_spawn_spec *spec, int *failed_step) {
  *failed_step = WEIR_STEP_NONE;
  if (spec->descriptor_count > WEIR_SPAWN_MAX_DESCRIPTORS) {
    *failed_step = WEIR_STEP_DESCRIPTORS;
    return -E2BIG;
  }
  struct outcome outcome = {0, 0};
  pid_t parent = getpid();
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  pid_t child = vfork();
  if (child == 0) run_child(spec, parent, &outcome);
  int vfork_error = errno;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (child < 0) {
    *failed_step = WEIR_STEP_VFORK;
    return -vfork_error;
  }
  if (outcome.step != WEIR_STEP_NONE) {
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
