// SPDX-License-Identifier: Apache-2.0
//
// The smallest plug-in: moves nothing. What its cells cost is the harness and the calls across the border.
#include "weir_backend.h"

#include <stddef.h>

// Every channel and end is this.
static int nothing;

static int32_t create(const struct weir_backend_terms *terms, struct weir_backend_grant *grant) {
  (void)terms, (void)grant;
  return 0;
}

static int32_t attach(
    const struct weir_backend_terms *terms, const struct weir_backend_grant *grant, uint32_t role,
    uint32_t index, void **end) {
  (void)terms, (void)grant, (void)role, (void)index;
  *end = &nothing;
  return 0;
}

static void leave(void *end) { (void)end; }

static int32_t send(void *end, const void *bytes, uint64_t byte_count, int64_t timeout_ns) {
  (void)end, (void)bytes, (void)byte_count, (void)timeout_ns;
  return 0;
}

static int32_t finish(void *end, int64_t timeout_ns) {
  (void)end, (void)timeout_ns;
  return 0;
}

static int32_t receive(void *end, struct weir_backend_view *view, int64_t timeout_ns) {
  (void)timeout_ns;
  view->bytes = end;
  view->byte_count = sizeof nothing;
  return WEIR_BACKEND_MESSAGE;
}

const struct weir_backend_v1 *weir_backend_v1(void) {
  static const struct weir_backend_v1 table = {
    .version = WEIR_BACKEND_VERSION,
    .byte_count = sizeof table,
    .name = "null-plugin",
    .summary = "moves nothing: what the plug-in border costs",
    .edition = "1.0",
    .promises = WEIR_BACKEND_NULL | WEIR_BACKEND_BLOCKS,
    .waits = WEIR_BACKEND_PARK | WEIR_BACKEND_SPIN | WEIR_BACKEND_SPIN_PARK,
    .max_receivers = 1,
    .create = create,
    .attach = attach,
    .close = leave,
    .send = send,
    .finish = finish,
    .receive = receive,
  };
  return &table;
}
