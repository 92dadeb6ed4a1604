// SPDX-License-Identifier: Apache-2.0
#include "CBackend.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// The layout is the contract: what a plug-in was built with stays where it is. 64-bit machines only.
_Static_assert(sizeof(struct weir_backend_terms) == 32, "terms are part of the contract");
_Static_assert(sizeof(struct weir_backend_grant) == 144, "grants are part of the contract");
_Static_assert(sizeof(struct weir_backend_view) == 32, "views are part of the contract");
_Static_assert(offsetof(struct weir_backend_v1, name) == 8, "the table is part of the contract");
_Static_assert(offsetof(struct weir_backend_v1, create) == 64, "the table is part of the contract");
_Static_assert(sizeof(struct weir_backend_v1) == 152, "the table only grows");

// All of today's members: later ones may be missing.
const size_t weir_backend_least_bytes = 152;
// A table that says it is longer was never meant to be one.
enum { MOST_BYTES = 4096 };

static weir_backend_finding found(weir_backend_verdict verdict, uint32_t number, const char *text) {
  weir_backend_finding finding = {.verdict = verdict, .found = number};
  if (text != NULL) snprintf(finding.text, sizeof finding.text, "%s", text);
  return finding;
}

static const char *missing_function(const struct weir_backend_v1 *table) {
  if (table->create == NULL) return "create";
  if (table->attach == NULL) return "attach";
  if (table->close == NULL) return "close";
  if (table->send == NULL) return "send";
  if (table->finish == NULL) return "finish";
  if (table->receive == NULL && table->receive_into == NULL) return "receive and receive_into";
  return NULL;
}

static int is_name(const char *name) {
  if (name == NULL || name[0] < 'a' || name[0] > 'z') return 0;
  size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
  return name[length] == 0 && length < 32;
}

static const char *wrong_declaration(const struct weir_backend_v1 *table) {
  if (!is_name(table->name)) return "name: 1 to 31 of a-z, 0-9 and -, a letter first";
  if (table->max_receivers == 0) return "max_receivers: at least 1";
  if ((table->waits & (WEIR_BACKEND_PARK | WEIR_BACKEND_SPIN | WEIR_BACKEND_SPIN_PARK)) == 0)
    return "waits: at least one of WEIR_BACKEND_PARK, _SPIN and _SPIN_PARK";
  if ((table->promises & (WEIR_BACKEND_BLOCKS | WEIR_BACKEND_DROPS_NEWEST)) == 0)
    return "promises: WEIR_BACKEND_BLOCKS, WEIR_BACKEND_DROPS_NEWEST or both";
  return NULL;
}

weir_backend_finding weir_backend_load(const char *path, struct weir_backend_v1 *out) {
  // At once, so that an unresolved symbol is known before a message is on its way.
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return found(WEIR_NOT_LOADABLE, 0, dlerror());
  const struct weir_backend_v1 *(*entry)(void) = NULL;
  *(void **)&entry = dlsym(library, "weir_backend_v1");
  if (entry == NULL) return found(WEIR_NO_SYMBOL, 0, NULL);
  const struct weir_backend_v1 *table = entry();
  if (table == NULL) return found(WEIR_NO_TABLE, 0, NULL);
  if (table->version != WEIR_BACKEND_VERSION)
    return found(WEIR_OTHER_VERSION, table->version, NULL);
  uint32_t size = table->byte_count;
  if (size < weir_backend_least_bytes || size > MOST_BYTES) return found(WEIR_OTHER_SIZE, size, NULL);
  memset(out, 0, sizeof *out);
  memcpy(out, table, size < sizeof *out ? size : sizeof *out);
  const char *missing = missing_function(out);
  if (missing != NULL) return found(WEIR_MISSING_FUNCTION, 0, missing);
  const char *wrong = wrong_declaration(out);
  return wrong != NULL ? found(WEIR_BAD_DECLARATION, 0, wrong) : found(WEIR_LOADED, 0, NULL);
}
