// SPDX-License-Identifier: Apache-2.0
//
// weir_backend_v1: what a store must offer so that Weir can check, measure and gate it, as a shared object
// that nothing of Weir is linked into. This file is all a plug-in needs; it is C11 and C++17, and Rust
// mirrors it with #[repr(C)].
//
//     cc -shared -fPIC -O2 -fvisibility=hidden -I Sources/CBackend/include store.c -o libstore.so
//     weir check NAME --backend ./libstore.so
//
// A channel carries whole messages one way, from one sender to one or more receivers, each of which gets
// every message. Its life, in a launch:
//
//   harness process          sender's process           a receiver's process
//   create(terms, grant)
//        │  fork + exec: descriptors of the grant are inherited, its name is told
//        ├───────────────────► attach(…, SENDER, 0)      attach(…, RECEIVER, index)
//   forget(grant)            send … send                 receive, release … receive, release
//                            finish                      receive says ENDED
//                            close                       close
//
// Numbers      Functions return a value >= 0 or -errno, and all agree on:
//                -ETIMEDOUT  no message, no room, or not all received within the timeout; nothing was moved
//                -EPIPE      the other end is gone for good: it closed, or died, before the end of the stream
//                -EMSGSIZE   longer than the channel was made for
//                -EAGAIN     (send) dropped by the backpressure that the terms ask for
//              Any other error ends the launch, with the words of `explain`.
// Timeouts     Nanoseconds, never negative; 0 looks and does not wait. Weir asks again after a timeout, and
//              looks in between whether the other process still lives: a store that cannot notice a death
//              needs to do nothing about it.
// Memory       Whoever allocates frees. What `send` is given belongs to the caller again when it returns. What
//              `receive` shows belongs to the plug-in, stays where and what it is until `release`, and is
//              only read. An end shows one message at a time.
// Descriptors  Those of a grant belong to Weir, which closes them: `attach` borrows them for the call, and
//              duplicates or maps what it keeps.
// Threads      An end is used by one thread at a time. Different ends, also of one channel, may be in
//              different threads of one process or in different processes, at the same time. `create` and
//              `forget` run in the launching process, one at a time. A plug-in may start threads in `attach`
//              and has joined them when `close` returns.
// Manners      No exception, panic or longjmp crosses the border. No exit, no signal handlers, nothing on the
//              standard streams. An end may be killed at any instruction.
// Speed        `send`, `receive` and `release` are called once a message, between two clock readings or as
//              fast as they go: no allocation, no logging.
// Growth       Members are only ever added at the end, and what is added may be missing: a plug-in that was
//              built with an older header runs with a newer Weir, and the other way round.
#ifndef WEIR_BACKEND_H
#define WEIR_BACKEND_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_BACKEND_VERSION 1

// What a store promises. `weir check` looks for violations of what it promises, and of nothing else. A
// measurement verifies the first two, and so is only made of a store that promises both, or is null.
#define WEIR_BACKEND_ORDERED 0x1u       // messages arrive in the order in which they were sent
#define WEIR_BACKEND_EXACTLY_ONCE 0x2u  // whatever `send` took arrives, whole and once
#define WEIR_BACKEND_BLOCKS 0x4u        // a full channel makes `send` wait for room
#define WEIR_BACKEND_DROPS_NEWEST 0x8u  // it can also refuse a message at once, with -EAGAIN
// Ends notice by themselves, within a second and while they wait, that the other one has died.
#define WEIR_BACKEND_NOTICES_DEATH 0x10u
// Moves nothing: measured as what a message costs before any store has done anything. It is asked to send
// and to receive in turn in one thread; what it shows is not looked at.
#define WEIR_BACKEND_NULL 0x20u

// What an end does while it waits.
#define WEIR_BACKEND_PARK 0x1u       // sleeps in the kernel
#define WEIR_BACKEND_SPIN 0x2u       // asks again and again
#define WEIR_BACKEND_SPIN_PARK 0x4u  // asks for a while, then sleeps

#define WEIR_BACKEND_SENDER 0u
#define WEIR_BACKEND_RECEIVER 1u

// `receive` and `receive_into`: what they brought.
#define WEIR_BACKEND_ENDED 0    // all was received, and the sender has finished
#define WEIR_BACKEND_MESSAGE 1

// What a channel is made for.
struct weir_backend_terms {
  uint32_t byte_count;    // of this struct, as Weir knows it
  uint32_t wait;          // one of the declared WEIR_BACKEND_PARK, _SPIN, _SPIN_PARK
  uint32_t backpressure;  // WEIR_BACKEND_BLOCKS or WEIR_BACKEND_DROPS_NEWEST, as declared
  uint32_t receivers;     // 1 to max_receivers
  uint64_t depth;         // messages that it should hold: at least 1, at most max_depth
  uint64_t item_bytes;    // the longest message: at least 8, at most max_item_bytes
};

#define WEIR_BACKEND_DESCRIPTORS 8
#define WEIR_BACKEND_NAME_BYTES 104

// How the ends of a channel find it: by descriptors that they inherit, by a name, or by both.
struct weir_backend_grant {
  uint32_t byte_count;        // of this struct, as Weir knows it
  uint32_t descriptor_count;  // set by `create`; 0 at first
  int32_t descriptors[WEIR_BACKEND_DESCRIPTORS];
  char name[WEIR_BACKEND_NAME_BYTES];  // ends with a zero; empty at first
};

// A message that belongs to the plug-in.
struct weir_backend_view {
  const void *bytes;
  uint64_t byte_count;
  uint64_t private_words[2];  // the plug-in's own, between `receive` and `release`
};

struct weir_backend_v1 {
  uint32_t version;     // WEIR_BACKEND_VERSION
  uint32_t byte_count;  // sizeof(struct weir_backend_v1)

  // ---- What it declares. Texts live as long as the plug-in is loaded. ----
  const char *name;         // of the store, in jobs and results: 1 to 31 of a-z, 0-9 and -, a letter first
  const char *summary;      // one line; may be NULL
  const char *edition;      // of the store itself, such as "2.1.0"; may be NULL
  uint32_t promises;        // WEIR_BACKEND_ORDERED | …
  uint32_t waits;           // WEIR_BACKEND_PARK | …
  uint32_t max_receivers;   // at least 1
  uint32_t reserved;        // 0
  uint64_t max_depth;       // 0 for no limit but memory
  uint64_t max_item_bytes;  // 0 for no limit but memory

  // ---- Channels ----
  // Makes an empty channel; fills in the grant, whose descriptors now belong to Weir.
  int32_t (*create)(const struct weir_backend_terms *terms, struct weir_backend_grant *grant);
  // Every end has attached, or died: removes what the name stands for. NULL when there is nothing to remove.
  void (*forget)(const struct weir_backend_grant *grant);
  // Makes an end, and touches what it will write, so that no message pays for first touches.
  int32_t (*attach)(
      const struct weir_backend_terms *terms, const struct weir_backend_grant *grant, uint32_t role,
      uint32_t index, void **end);
  // Leaves. To the receivers a sender that leaves without `finish` is one that died; what it sent before
  // still arrives.
  void (*close)(void *end);

  // ---- A sender ----
  // 0 when the message was taken.
  int32_t (*send)(void *end, const void *bytes, uint64_t byte_count, int64_t timeout_ns);
  // Nothing more will be sent. 0 when the receivers are sure to learn of it, received or not.
  int32_t (*finish)(void *end, int64_t timeout_ns);

  // ---- A receiver: one of the two ways ----
  // Shows the next message in place. `release` may be NULL when there is nothing to let go of.
  int32_t (*receive)(void *end, struct weir_backend_view *view, int64_t timeout_ns);
  void (*release)(void *end, struct weir_backend_view *view);
  // Copies the next message to `bytes`, which has room for the longest.
  int32_t (*receive_into)(
      void *end, void *bytes, uint64_t room, uint64_t *byte_count, int64_t timeout_ns);

  // ---- Words; both may be NULL ----
  // Why the store cannot be used on this machine, and what to do about it; NULL when it can.
  const char *(*unavailable)(void);
  // What an error was about, in one line: `end` is NULL after `create` and `attach`. Valid until the next call.
  const char *(*explain)(void *end, int32_t error);
};

#if defined(__GNUC__)
#define WEIR_BACKEND_EXPORT __attribute__((visibility("default")))
#else
#define WEIR_BACKEND_EXPORT
#endif

// The one symbol of a plug-in. Called once; the result lives as long as the plug-in is loaded.
#ifndef WEIR_BACKEND_HOST
WEIR_BACKEND_EXPORT const struct weir_backend_v1 *weir_backend_v1(void);
#endif

#ifdef __cplusplus
}
#endif
#endif
