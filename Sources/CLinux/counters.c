// SPDX-License-Identifier: Apache-2.0
//
// The kernel's counters are lines of text. They are read between two slices of a measurement, so
// nothing here allocates or copies.
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int weir_open_counters(const char *path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

int64_t weir_read_whole(int descriptor, char *text, size_t capacity) {
  size_t count = 0;
  while (count < capacity) {
    ssize_t got = pread(descriptor, text + count, capacity - count, (off_t)count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -errno;
    if (got == 0) return (int64_t)count;
    count += (size_t)got;
  }
  return -E2BIG;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

// The run of digits number `place` in [text, end) on this line; -1 when the line has fewer.
static int64_t number_at(const char *text, const char *end, int place) {
  for (const char *at = text; at < end && *at != '\n';) {
    if (!is_digit(*at)) {
      at++;
      continue;
    }
    int64_t value = 0;
    for (; at < end && is_digit(*at); at++) value = value * 10 + (*at - '0');
    if (place-- == 0) return value;
  }
  return -1;
}

int64_t weir_counter(const char *text, size_t count, const char *label, int place) {
  const char *end = text + count;
  if (!label) {
    for (const char *at = end; at > text; at--) {
      if (at[-1] == ')') return number_at(at, end, place);
    }
    return -1;
  }
  size_t length = strlen(label);
  for (const char *line = text; line < end;) {
    if ((size_t)(end - line) >= length && memcmp(line, label, length) == 0) {
      return number_at(line + length, end, place);
    }
    const char *next = memchr(line, '\n', (size_t)(end - line));
    if (!next) break;
    line = next + 1;
  }
  return -1;
}

// Columns of /proc/interrupts, one for each CPU that is on line.
enum { MOST_COLUMNS = 1024 };

int64_t weir_interrupt_count(
    const char *text, size_t count, const uint64_t *cpu_words, size_t word_count) {
  const char *end = text + count;
  unsigned char used[MOST_COLUMNS];
  int columns = 0;
  for (int64_t cpu; columns < MOST_COLUMNS && (cpu = number_at(text, end, columns)) >= 0; columns++) {
    size_t word = (size_t)cpu / 64;
    used[columns] = word < word_count && (cpu_words[word] >> (cpu % 64) & 1);
  }
  if (columns == 0 || columns == MOST_COLUMNS) return -1;
  int64_t sum = 0;
  const char *line = memchr(text, '\n', (size_t)(end - text));
  for (; line && ++line < end; line = memchr(line, '\n', (size_t)(end - line))) {
    while (line < end && *line == ' ') line++;
    // These two count for the whole machine.
    if (end - line > 4 && (memcmp(line, "ERR:", 4) == 0 || memcmp(line, "MIS:", 4) == 0)) continue;
    const char *at = memchr(line, ':', (size_t)(end - line));
    if (!at) break;
    at++;
    for (int column = 0; column < columns; column++) {
      while (at < end && *at == ' ') at++;
      if (at >= end || !is_digit(*at)) break;
      int64_t value = 0;
      for (; at < end && is_digit(*at); at++) value = value * 10 + (*at - '0');
      if (used[column]) sum += value;
    }
  }
  return sum;
}
