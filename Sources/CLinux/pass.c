// SPDX-License-Identifier: Apache-2.0
//
// Descriptors between processes that already run (unix(7), SCM_RIGHTS): the control message's
// alignment macros are C only.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef union {
  char bytes[CMSG_SPACE(WEIR_SPAWN_MAX_DESCRIPTORS * sizeof(int))];
  struct cmsghdr alignment;
} control_buffer;

int weir_pass_descriptors(int socket, const int *descriptors, size_t count) {
  if (count == 0 || count > WEIR_SPAWN_MAX_DESCRIPTORS) return -EINVAL;
  char byte = 'D';
  struct iovec data = {.iov_base = &byte, .iov_len = 1};
  control_buffer control;
  memset(&control, 0, sizeof control);
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes};
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == 1 ? 0 : -errno;
}

int weir_take_descriptors(int socket, int *out, size_t limit) {
  char byte;
  struct iovec data = {.iov_base = &byte, .iov_len = 1};
  control_buffer control;
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control.bytes};
  message.msg_controllen = sizeof control.bytes;
  ssize_t got;
  do got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return got < 0 ? -errno : -EPIPE;
  size_t taken = 0;
  for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h != NULL; h = CMSG_NXTHDR(&message, h)) {
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; i++) {
      int descriptor;
      memcpy(&descriptor, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
      if (taken < limit) out[taken++] = descriptor;
      else close(descriptor);
    }
  }
  return (int)taken;
}
