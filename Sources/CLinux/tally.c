// SPDX-License-Identifier: Apache-2.0
//
// Counts this process's calls of malloc and memcpy exactly, whoever makes them: the slots through which
// each loaded object calls them are pointed at functions that count first. Only a process that was started
// for counting does this, and for good; nothing is linked into any other.
#define _GNU_SOURCE
#include "CLinux.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static _Atomic uint64_t allocations, copied_bytes;

static struct {
  void *(*malloc)(size_t);
  void *(*calloc)(size_t, size_t);
  void *(*realloc)(void *, size_t);
  void *(*aligned_alloc)(size_t, size_t);
  int (*posix_memalign)(void **, size_t, size_t);
  void *(*memcpy)(void *, const void *, size_t);
  void *(*memmove)(void *, const void *, size_t);
} real;

static void add(_Atomic uint64_t *counter, uint64_t amount) {
  atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
}

static void *counted_malloc(size_t size) {
  add(&allocations, 1);
  return real.malloc(size);
}

static void *counted_calloc(size_t count, size_t size) {
  add(&allocations, 1);
  return real.calloc(count, size);
}

static void *counted_realloc(void *old, size_t size) {
  add(&allocations, 1);
  return real.realloc(old, size);
}

static void *counted_aligned_alloc(size_t alignment, size_t size) {
  add(&allocations, 1);
  return real.aligned_alloc(alignment, size);
}

static int counted_posix_memalign(void **out, size_t alignment, size_t size) {
  add(&allocations, 1);
  return real.posix_memalign(out, alignment, size);
}

static void *counted_memcpy(void *to, const void *from, size_t size) {
  if (size >= WEIR_COUNTED_COPY_BYTES) add(&copied_bytes, size);
  return real.memcpy(to, from, size);
}

static void *counted_memmove(void *to, const void *from, size_t size) {
  if (size >= WEIR_COUNTED_COPY_BYTES) add(&copied_bytes, size);
  return real.memmove(to, from, size);
}

static const struct {
  const char *name;
  void *counted;
  void *real;
} hooks[] = {
  {"malloc", (void *)counted_malloc, &real.malloc},
  {"calloc", (void *)counted_calloc, &real.calloc},
  {"realloc", (void *)counted_realloc, &real.realloc},
  {"aligned_alloc", (void *)counted_aligned_alloc, &real.aligned_alloc},
  {"posix_memalign", (void *)counted_posix_memalign, &real.posix_memalign},
  {"memcpy", (void *)counted_memcpy, &real.memcpy},
  {"memmove", (void *)counted_memmove, &real.memmove},
};
enum { HOOKS = sizeof hooks / sizeof hooks[0] };

#if defined(__x86_64__)
enum { SLOT = R_X86_64_JUMP_SLOT, GLOBAL = R_X86_64_GLOB_DAT };
#elif defined(__aarch64__)
enum { SLOT = R_AARCH64_JUMP_SLOT, GLOBAL = R_AARCH64_GLOB_DAT };
#endif

static void point(void **slot, void *function) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = (uintptr_t)slot & ~(page - 1);
  if (*slot == function) return;
  // Read-only once relocated, in most builds.
  if (mprotect((void *)start, page, PROT_READ | PROT_WRITE) == 0) *slot = function;
}

static void patch(
    ElfW(Addr) base, const ElfW(Rela) *table, size_t bytes, const ElfW(Sym) *symbols,
    const char *names) {
  for (size_t i = 0; i < bytes / sizeof *table; i++) {
    unsigned type = (unsigned)ELF64_R_TYPE(table[i].r_info);
    if (type != SLOT && type != GLOBAL) continue;
    const char *name = names + symbols[ELF64_R_SYM(table[i].r_info)].st_name;
    for (size_t h = 0; h < HOOKS; h++)
      if (strcmp(name, hooks[h].name) == 0)
        point((void **)(base + table[i].r_offset), hooks[h].counted);
  }
}

static int patch_object(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  // The kernel's own object and the dynamic linker have addresses of another kind.
  if (strstr(info->dlpi_name, "vdso") || strstr(info->dlpi_name, "ld-linux")) return 0;
  const ElfW(Dyn) *entry = NULL;
  for (int i = 0; i < info->dlpi_phnum; i++)
    if (info->dlpi_phdr[i].p_type == PT_DYNAMIC)
      entry = (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
  const ElfW(Sym) *symbols = NULL;
  const ElfW(Rela) *plain = NULL, *calls = NULL;
  size_t plain_bytes = 0, calls_bytes = 0;
  const char *names = NULL;
  for (; entry != NULL && entry->d_tag != DT_NULL; entry++) {
    switch (entry->d_tag) {
      case DT_SYMTAB: symbols = (const ElfW(Sym) *)entry->d_un.d_ptr; break;
      case DT_STRTAB: names = (const char *)entry->d_un.d_ptr; break;
      case DT_RELA: plain = (const ElfW(Rela) *)entry->d_un.d_ptr; break;
      case DT_RELASZ: plain_bytes = entry->d_un.d_val; break;
      case DT_JMPREL: calls = (const ElfW(Rela) *)entry->d_un.d_ptr; break;
      case DT_PLTRELSZ: calls_bytes = entry->d_un.d_val; break;
      default: break;
    }
  }
  if (symbols == NULL || names == NULL) return 0;
  if (plain != NULL) patch(info->dlpi_addr, plain, plain_bytes, symbols, names);
  if (calls != NULL) patch(info->dlpi_addr, calls, calls_bytes, symbols, names);
  return 0;
}

int weir_tally_begin(void) {
#if defined(__x86_64__) || defined(__aarch64__)
  for (size_t h = 0; h < HOOKS; h++) {
    void *function = dlsym(RTLD_DEFAULT, hooks[h].name);
    if (function == NULL) return -ENOSYS;
    memcpy(hooks[h].real, &function, sizeof function);
  }
  dl_iterate_phdr(patch_object, NULL);
  // Seen to work, or not believed.
  uint64_t before = atomic_load_explicit(&allocations, memory_order_relaxed);
  void *volatile probe = malloc(1);
  free(probe);
  return atomic_load_explicit(&allocations, memory_order_relaxed) > before ? 0 : -ENOTSUP;
#else
  return -ENOTSUP;
#endif
}

weir_tally weir_tally_now(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (weir_tally){
    .allocations = atomic_load_explicit(&allocations, memory_order_relaxed),
    .copied_bytes = atomic_load_explicit(&copied_bytes, memory_order_relaxed),
    .faults = (uint64_t)(usage.ru_minflt + usage.ru_majflt),
  };
}
