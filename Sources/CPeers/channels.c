// SPDX-License-Identifier: Apache-2.0
//
// Making channels of the kernel.
#define _GNU_SOURCE
#include "CPeers.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int asked(int64_t bytes) { return bytes > INT_MAX / 2 ? INT_MAX / 2 : (int)bytes; }

int64_t weir_peer_limit(const char *path, int64_t otherwise) {
  FILE *file = fopen(path, "re");
  if (file == NULL) return otherwise;
  int64_t limit;
  if (fscanf(file, "%" SCNd64, &limit) != 1 || limit <= 0) limit = otherwise;
  fclose(file);
  return limit;
}

int weir_peer_pipe(int out[2], int64_t buffer_bytes) {
  if (pipe2(out, O_CLOEXEC) < 0) return -errno;
  // What an unprivileged pipe may hold: F_SETPIPE_SZ refuses more instead of granting less. Best
  // effort: a smaller buffer is only slower.
  int64_t limit = weir_peer_limit("/proc/sys/fs/pipe-max-size", 1 << 20);
  (void)fcntl(out[1], F_SETPIPE_SZ, asked(buffer_bytes < limit ? buffer_bytes : limit));
  return 0;
}

static int sockets(int type, int out[2], int64_t buffer_bytes) {
  int pair[2];
  if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair) < 0) return -errno;
  int size = asked(buffer_bytes);
  // Best effort, and only ever more than the default: the kernel caps it at net.core.wmem_max.
  int now = 0;
  socklen_t length = sizeof now;
  getsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &now, &length);
  if (size > now / 2) setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  shutdown(pair[0], SHUT_WR);
  shutdown(pair[1], SHUT_RD);
  out[0] = pair[0];
  out[1] = pair[1];
  return 0;
}

int weir_peer_stream_sockets(int out[2], int64_t buffer_bytes) {
  return sockets(SOCK_STREAM, out, buffer_bytes);
}

int weir_peer_packet_sockets(int out[2], int64_t buffer_bytes) {
  return sockets(SOCK_SEQPACKET, out, buffer_bytes);
}

int64_t weir_peer_packet_limit(void) {
  int pair[2], granted = 0;
  int made = sockets(SOCK_SEQPACKET, pair, INT_MAX);
  if (made < 0) return made;
  socklen_t length = sizeof granted;
  getsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &granted, &length);
  close(pair[0]);
  close(pair[1]);
  // The kernel keeps 32 bytes of the buffer back (unix_dgram_sendmsg), and needs one piece of memory
  // for nearly all of a packet, of which it has none above 4 MiB.
  enum { RESERVE = 32, LARGEST_PIECE = 4 << 20, OVERHEAD = 4096 };
  int64_t limit = granted - RESERVE;
  return limit < LARGEST_PIECE - OVERHEAD ? limit : LARGEST_PIECE - OVERHEAD;
}

int weir_peer_queue(size_t depth, size_t size, int spins) {
  static _Atomic unsigned count;
  char name[64];
  snprintf(name, sizeof name, "/weir-%d-%u", (int)getpid(), count++);
  struct mq_attr attributes = {.mq_maxmsg = (long)depth, .mq_msgsize = (long)size};
  int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | (spins ? O_NONBLOCK : 0);
  mqd_t queue = mq_open(name, flags, 0600, &attributes);
  if (queue < 0) return -errno;
  // On Linux it is a descriptor like any other, and its holders need no name.
  mq_unlink(name);
  return queue;
}

int weir_peer_prepare(int descriptor, int spins) {
  signal(SIGPIPE, SIG_IGN);
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0) return -errno;
  flags = spins ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
  return fcntl(descriptor, F_SETFL, flags) < 0 ? -errno : 0;
}
