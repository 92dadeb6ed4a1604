// SPDX-License-Identifier: Apache-2.0
//
// What other programs use to carry bytes between processes, for comparison with Weir's stores: kernel
// channels, a queue of the plainest design in shared memory, and ZeroMQ where it is installed. Every
// end moves whole messages one way. Functions return a value >= 0, or -errno, and all agree on:
//
//   -ETIMEDOUT  no message, or no room for one, within the patience; nothing was moved
//   -EPIPE      the other end is gone
#pragma once
#include <stddef.h>
#include <stdint.h>

// ---- Kernel channels -----------------------------------------------------------------------------

// How an end waits: 0 sleeps in the kernel until there is something to do; 1 asks again and again,
// of a descriptor that does not block. A sleeper on a pipe or socket has no patience: the kernel wakes
// it when the other end is gone.

// The number in a file of /proc/sys; `otherwise` where there is none.
int64_t weir_peer_limit(const char *path, int64_t otherwise);

// A connected pair that closes on exec: `out[0]` reads, `out[1]` writes. `buffer_bytes` is asked of
// the kernel, which grants what its limits allow.
int weir_peer_pipe(int out[2], int64_t buffer_bytes);
int weir_peer_stream_sockets(int out[2], int64_t buffer_bytes);
int weir_peer_packet_sockets(int out[2], int64_t buffer_bytes);

// The longest packet that such sockets take here.
int64_t weir_peer_packet_limit(void);

// A message queue of the kernel, without a name, for both directions of its one descriptor. -EINVAL
// and -EMFILE tell of limits: see /proc/sys/fs/mqueue and `ulimit -q`.
int weir_peer_queue(size_t depth, size_t size, int spins);

// Sets whether calls on a pipe or socket return at once. Broken pipes become errors from here on.
int weir_peer_prepare(int descriptor, int spins);

// Moves exactly `size` bytes through a stream. Reading returns 0 at the end of the stream; one that
// ends inside a message is -ECONNRESET.
int64_t weir_peer_write(
    int descriptor, const void *bytes, size_t size, int spins, int64_t patience_ns);
int64_t weir_peer_read(int descriptor, void *bytes, size_t size, int spins, int64_t patience_ns);

// Moves one packet. Receiving returns its whole length, which may be more than `room`; 0 at the end.
int64_t weir_peer_send_packet(
    int descriptor, const void *bytes, size_t size, int spins, int64_t patience_ns);
int64_t weir_peer_receive_packet(
    int descriptor, void *bytes, size_t room, int spins, int64_t patience_ns);

// Moves one message of a queue, which does not tell of the other end's death.
int64_t weir_peer_queue_send(
    int queue, const void *bytes, size_t size, int spins, int64_t patience_ns);
int64_t weir_peer_queue_receive(
    int queue, void *bytes, size_t room, int spins, int64_t patience_ns);

// ---- A queue behind a mutex ----------------------------------------------------------------------

// The design of the usual message queue in shared memory: one mutex around everything, a condition
// for each side, a copy in and a copy out, both with the mutex held. Robust: who finds it in the hands
// of the dead gets -EPIPE, once and for all.
size_t weir_mutex_ring_byte_count(size_t depth, size_t size);
// In zeroed memory, once, before any end uses it.
int weir_mutex_ring_prepare(void *ring);
int64_t weir_mutex_ring_send(
    void *ring, size_t depth, size_t room, const void *bytes, size_t size, int64_t patience_ns);
// The message's length. -EPROTO: the ring's own words make no sense.
int64_t weir_mutex_ring_receive(
    void *ring, size_t depth, size_t room, void *bytes, int64_t patience_ns);

// ---- ZeroMQ --------------------------------------------------------------------------------------

// Found when asked for, so that nothing needs it to start. 0 · -ENOENT it is not installed · -ENOSYS
// it lacks a function. Everything else may only be called after this returned 0.
int weir_zmq_load(void);
void weir_zmq_version(int out[3]);

// NULL when there are no descriptors left.
void *weir_zmq_context(void);
// Waits for what its sockets still have to send.
void weir_zmq_end_context(void *context);

// A PUSH or a PULL socket with a high-water mark of `depth` messages; NULL when there are no
// descriptors left.
void *weir_zmq_socket(void *context, int pushes, int depth, int patience_ms);
// `bound` gets the endpoint with what the system chose.
int weir_zmq_bind(void *socket, const char *endpoint, char *bound, size_t room);
int weir_zmq_connect(void *socket, const char *endpoint);
// What was not sent after `linger_ms` is forgotten.
void weir_zmq_close(void *socket, int linger_ms);

// zmq_msg_t, which the library asks to be declared like this.
typedef struct {
  uint64_t opaque[8];
} weir_zmq_message;
void weir_zmq_message_prepare(weir_zmq_message *message);
void weir_zmq_message_release(weir_zmq_message *message);

int64_t weir_zmq_send(void *socket, const void *bytes, size_t size);
// Replaces the message: its length, and where it is until the next call.
int64_t weir_zmq_receive(void *socket, weir_zmq_message *message, const void **bytes);
