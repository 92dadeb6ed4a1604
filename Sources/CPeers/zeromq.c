// SPDX-License-Identifier: Apache-2.0
#include "CPeers.h"

#include <dlfcn.h>
#include <errno.h>

// From zmq.h, whose numbers are the library's binary interface.
enum {
  ZMQ_PULL = 7, ZMQ_PUSH = 8,
  ZMQ_LINGER = 17, ZMQ_SNDHWM = 23, ZMQ_RCVHWM = 24, ZMQ_RCVTIMEO = 27, ZMQ_SNDTIMEO = 28,
  ZMQ_LAST_ENDPOINT = 32,
};
// ZMQ_HAUSNUMERO + 53.
enum { ZMQ_ETERM = 156384765 };

static struct {
  int state;  // 0 not asked for, 1 loaded, or -errno
  void (*version)(int *, int *, int *);
  void *(*ctx_new)(void);
  int (*ctx_term)(void *);
  void *(*socket)(void *, int);
  int (*close)(void *);
  int (*setsockopt)(void *, int, const void *, size_t);
  int (*getsockopt)(void *, int, void *, size_t *);
  int (*bind)(void *, const char *);
  int (*connect)(void *, const char *);
  int (*send)(void *, const void *, size_t, int);
  int (*msg_init)(weir_zmq_message *);
  int (*msg_recv)(weir_zmq_message *, void *, int);
  void *(*msg_data)(weir_zmq_message *);
  int (*msg_close)(weir_zmq_message *);
} zmq;

static int found(void *library, const char *name, void *target) {
  void *symbol = dlsym(library, name);
  *(void **)target = symbol;
  return symbol != NULL;
}

static int load(void) {
  void *library = dlopen("libzmq.so.5", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return -ENOENT;
  int complete =
      found(library, "zmq_version", &zmq.version) && found(library, "zmq_ctx_new", &zmq.ctx_new)
      && found(library, "zmq_ctx_term", &zmq.ctx_term) && found(library, "zmq_socket", &zmq.socket)
      && found(library, "zmq_close", &zmq.close)
      && found(library, "zmq_setsockopt", &zmq.setsockopt)
      && found(library, "zmq_getsockopt", &zmq.getsockopt)
      && found(library, "zmq_bind", &zmq.bind) && found(library, "zmq_connect", &zmq.connect)
      && found(library, "zmq_send", &zmq.send) && found(library, "zmq_msg_init", &zmq.msg_init)
      && found(library, "zmq_msg_recv", &zmq.msg_recv)
      && found(library, "zmq_msg_data", &zmq.msg_data)
      && found(library, "zmq_msg_close", &zmq.msg_close);
  return complete ? 1 : -ENOSYS;
}

// Called once by the caller's own rule; a second call finds the answer.
int weir_zmq_load(void) {
  if (zmq.state == 0) zmq.state = load();
  return zmq.state == 1 ? 0 : zmq.state;
}

void weir_zmq_version(int out[3]) { zmq.version(&out[0], &out[1], &out[2]); }

void *weir_zmq_context(void) { return zmq.ctx_new(); }

void weir_zmq_end_context(void *context) {
  while (zmq.ctx_term(context) < 0 && errno == EINTR) {}
}

static int result(int value) {
  if (value >= 0) return value;
  return errno == EAGAIN ? -ETIMEDOUT : errno == ZMQ_ETERM ? -EPIPE : -errno;
}

void *weir_zmq_socket(void *context, int pushes, int depth, int patience_ms) {
  void *socket = zmq.socket(context, pushes ? ZMQ_PUSH : ZMQ_PULL);
  if (socket == NULL) return NULL;
  zmq.setsockopt(socket, pushes ? ZMQ_SNDHWM : ZMQ_RCVHWM, &depth, sizeof depth);
  zmq.setsockopt(socket, pushes ? ZMQ_SNDTIMEO : ZMQ_RCVTIMEO, &patience_ms, sizeof patience_ms);
  return socket;
}

int weir_zmq_bind(void *socket, const char *endpoint, char *bound, size_t room) {
  int error = result(zmq.bind(socket, endpoint));
  return error < 0 ? error : result(zmq.getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &room));
}

int weir_zmq_connect(void *socket, const char *endpoint) {
  return result(zmq.connect(socket, endpoint));
}

void weir_zmq_close(void *socket, int linger_ms) {
  zmq.setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
  zmq.close(socket);
}

void weir_zmq_message_prepare(weir_zmq_message *message) { zmq.msg_init(message); }
void weir_zmq_message_release(weir_zmq_message *message) { zmq.msg_close(message); }

int64_t weir_zmq_send(void *socket, const void *bytes, size_t size) {
  int count;
  do count = zmq.send(socket, bytes, size, 0);
  while (count < 0 && errno == EINTR);
  return result(count);
}

int64_t weir_zmq_receive(void *socket, weir_zmq_message *message, const void **bytes) {
  int count;
  do count = zmq.msg_recv(message, socket, 0);
  while (count < 0 && errno == EINTR);
  if (count >= 0) *bytes = zmq.msg_data(message);
  return result(count);
}
