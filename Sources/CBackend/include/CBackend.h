// SPDX-License-Identifier: Apache-2.0
//
// Weir's side of the plug-in contract: finding a plug-in, and refusing what is none.
#pragma once
#include <stddef.h>

// In Swift a function cannot have the name of a struct.
#define WEIR_BACKEND_HOST
#include "weir_backend.h"

typedef enum {
  WEIR_LOADED = 0,
  WEIR_NOT_LOADABLE,      // `text` is the dynamic linker's reason
  WEIR_NO_SYMBOL,
  WEIR_NO_TABLE,          // the symbol's function returned NULL
  WEIR_OTHER_VERSION,     // `found` is its version
  WEIR_OTHER_SIZE,        // `found` is what it says its table takes
  WEIR_MISSING_FUNCTION,  // `text` is the member's name
  WEIR_BAD_DECLARATION,   // `text` says which
} weir_backend_verdict;

typedef struct {
  weir_backend_verdict verdict;
  uint32_t found;
  char text[256];
} weir_backend_finding;

// Loads a plug-in for the rest of the process's life and copies its table, with zero for what it lacks.
weir_backend_finding weir_backend_load(const char *path, struct weir_backend_v1 *table);

// The bytes that a table of version 1 has at least.
extern const size_t weir_backend_least_bytes;
