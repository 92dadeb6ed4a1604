// SPDX-License-Identifier: Apache-2.0
//
// What Swift cannot reach in glibc and the kernel: GNU-only calls, variadic system calls, CPU
// instructions and process creation with affinity. Every function returns a value >= 0, or -errno.
#pragma once
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#if !defined(__linux__)
#error "Weir runs on Linux: it needs futexes, memfd, pidfds and NUMA memory policies."
#endif

// ---- CPU -----------------------------------------------------------------------------------------

// A hint to the core that this is a spin loop.
static inline void weir_cpu_relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#else
  __asm__ volatile("" ::: "memory");
#endif
}

// Does nothing so many times, about a cycle each: finer than a reading of the clock.
static inline void weir_idle(uint64_t rounds) {
  for (; rounds > 0; rounds--) __asm__ volatile("" : "+r"(rounds));
}

// Between two looks at a word that another core will write: waits until the first look is over. Looks
// begun before that are thrown away when the line comes: a bare hand-over takes 80 ns with them and 75
// without, on Zen 3.
static inline __attribute__((always_inline)) void weir_between_looks(void) {
#if defined(__x86_64__)
  __asm__ volatile("lfence\n\tlfence" : : : "memory");
#elif defined(__aarch64__)
  __asm__ volatile("isb" : : : "memory");
#endif
}

// Asks for the line at `pointer`, which will be read soon; as an instruction, because a call would cost
// more than it does.
static inline __attribute__((always_inline)) void weir_prefetch(const void *pointer) {
#if defined(__x86_64__)
  __asm__ volatile("prefetcht0 %0" : : "m"(*(const char *)pointer));
#else
  __builtin_prefetch(pointer, 0, 3);
#endif
}

// Asks for the pair of lines at `pointer`.
static inline __attribute__((always_inline)) void weir_prefetch_pair(const void *pointer) {
  const char *line = pointer;
  weir_prefetch(line);
  weir_prefetch(line + 64);
}

// Asks for the line at `pointer`, which will be written soon, for this core alone.
static inline __attribute__((always_inline)) void weir_prefetch_to_write(void *pointer) {
#if defined(__x86_64__)
  __asm__ volatile("prefetchw %0" : : "m"(*(char *)pointer));
#else
  __builtin_prefetch(pointer, 1, 3);
#endif
}

// Up to here a copy in line beats a call.
enum { WEIR_SMALL_BYTES = 128 };

// Copies up to WEIR_SMALL_BYTES, the last first, in as few stores as plain code has.
//
// For lines that another core holds: stores leave a core in order, and each that waits for such a
// line makes all later ones wait, so their number is what a small message costs. A call of memcpy
// adds several of its own. Whoever polls the first line finds the rest written.
static inline __attribute__((always_inline)) void weir_copy_small(
    void *target, const void *source, size_t count) {
  typedef uint64_t pair __attribute__((vector_size(16), aligned(1), may_alias));
  char *to = target;
  const char *from = source;
  if (count >= 16) {
    size_t left = count;
    do {
      left -= 16;
      *(pair *)(to + left) = *(const pair *)(from + left);
    } while (left >= 16);
    if (left > 0) *(pair *)to = *(const pair *)from;
  } else {
    for (size_t i = count; i > 0; i--) to[i - 1] = from[i - 1];
  }
}

// Copies larger than that should be made by weir_copy_large.
enum { WEIR_LARGE_BYTES = 1 << 20 };

// Bytes of a core's cache of a level, or of the last level for 0; 0 where the system does not say. Makes
// system calls.
size_t weir_cache_bytes(int level);

// From here on where the ranges lie may matter to memmove, and is looked at by weir_copy_large.
enum { WEIR_REPEATED_BYTES = 2048 };

// As memmove; from the streaming threshold on it goes past the caches. Everything is visible to others
// before any later store of this thread.
void weir_copy_large(void *target, const void *source, size_t count);

// Half of the last cache: a ring of two such items fills it. Where this was measured (32 MiB of cache,
// rings of two) plain copies were faster at 8 MiB by half and slower from 16 MiB on.
// $WEIR_STREAMING_COPY replaces it (bytes, at least WEIR_LARGE_BYTES; 0: never). Found out by the first
// call in a process, which makes system calls.
size_t weir_streaming_threshold(void);

// The time stamp counter, ordered after every earlier load; 0 where there is none.
static inline uint64_t weir_timestamp_counter(void) {
#if defined(__x86_64__)
  uint32_t low, high, aux;
  __asm__ volatile("rdtscp" : "=a"(low), "=d"(high), "=c"(aux)::"memory");
  return ((uint64_t)high << 32) | low;
#elif defined(__aarch64__)
  uint64_t value;
  __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(value)::"memory");
  return value;
#else
  return 0;
#endif
}

// A full barrier between an earlier store and a later load (the Dekker step of every park).
static inline void weir_full_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

// Keeps the optimiser from proving that nothing reads the bytes at `pointer`.
static inline void weir_escape(const void *pointer) { __asm__ volatile("" : : "g"(pointer) : "memory"); }

// getcpu(2): the CPU and the NUMA node (kernel numbers) the caller runs on. 0, or an errno.
int weir_getcpu(uint32_t *cpu, uint32_t *node);

// sched_getaffinity(2) into `count` 64-bit words (bit i of word i/64 is CPU i); pid 0 is the
// calling thread. 0, or an errno; EINVAL says that the kernel's mask needs more words.
int weir_get_affinity(pid_t pid, uint64_t *words, size_t count);

// sched_setaffinity(2) of the calling thread, from words as above. 0, or an errno.
int weir_set_affinity(const uint64_t *words, size_t count);

// Yields the processor to another runnable thread.
int weir_yield(void);

// ---- Checksum ------------------------------------------------------------------------------------

// Two 64-bit running sums over little-endian words: `sum` of the words, `weighted` of each word times
// its distance from the end. Linear, so replacing a word changes both by an amount known in advance;
// vectorises to the speed of a read. Bytes past the last whole word are zero-extended.
// (Fletcher, IEEE Trans. Comm. 30(1), 1982, with 64-bit words and no reduction.)
typedef struct {
  uint64_t sum;
  uint64_t weighted;
} weir_sums;
weir_sums weir_checksum(const void *bytes, size_t byte_count);

// ---- Waiting -------------------------------------------------------------------------------------

// FUTEX_WAIT on a word shared between processes. `timeout_ns` < 0 waits for ever.
// 0 woken (or spurious) · -EAGAIN the word was not `expected` · -ETIMEDOUT · -EINTR.
int weir_futex_wait(const uint32_t *word, uint32_t expected, int64_t timeout_ns);

// FUTEX_WAKE: number of waiters woken.
int weir_futex_wake(const uint32_t *word, int count);

// futex_waitv(2), Linux 5.16: sleeps while every word holds what is expected of it. The deadline is a
// CLOCK_MONOTONIC time; < 0 waits for ever. Place of a woken word · -EAGAIN a word was not as expected
// · -ETIMEDOUT · -EINTR · -ENOSYS an older kernel · -E2BIG more than WEIR_WAIT_MAX_WORDS.
enum { WEIR_WAIT_MAX_WORDS = 128 };
int weir_futex_waitv(
    const uint32_t *const *words, const uint32_t *expected, size_t count, int64_t deadline_ns);

// membarrier(2), MEMBARRIER_CMD_GLOBAL: every thread of the machine passes a full barrier before it
// returns. Takes tens of milliseconds. -ENOSYS or -EINVAL where the kernel has none or will not.
int weir_barrier_everywhere(void);
// 1 when the kernel has it.
int weir_has_barrier_everywhere(void);

// Tell the thread sanitizer of an order that it cannot see: what was done before the release of an
// address comes before what is done after a later acquire. Nothing in builds without it.
void weir_sanitizer_acquire(void *address);
void weir_sanitizer_release(void *address);

// Names the calling thread, for people who look at it from outside: 15 bytes at most.
void weir_name_thread(const char *name);

// An epoll instance, close-on-exec, that tells by number which descriptors became readable.
int weir_watch_open(void);
int weir_watch_add(int watch, int descriptor, uint64_t number);
int weir_watch_remove(int watch, int descriptor);
// Waits for ever until a watched descriptor is readable: 0 and its number, or -errno.
int weir_watch_wait(int watch, uint64_t *number);

// ---- Memory --------------------------------------------------------------------------------------

// memfd_create with close-on-exec, sealing allowed, and access for this user alone.
int weir_memfd_create(const char *name);
// The same from the kernel's pool of huge pages.
int weir_memfd_create_reserved(const char *name);
// Maps `byte_count` bytes, whole pages, of a file at an address that is a multiple of `alignment`, a
// power of two of whole pages: what huge pages need. MAP_FAILED and errno when refused.
void *weir_map_shared(int descriptor, size_t byte_count, size_t alignment, int writable);
// Asks for huge pages in a mapping, or for none.
int weir_advise_huge_pages(void *address, size_t byte_count, int wanted);

// Forbids resizing the memfd for every holder, for good.
int weir_memfd_seal_size(int descriptor);
// 1 when nobody can shrink the file any more, so that no mapping of it can fault for lack of it.
int weir_size_is_sealed(int descriptor);

// Populates page tables (and pages) for writing or for reading without touching content.
int weir_populate(void *address, size_t byte_count, int for_writing);

// Size in bytes of the file behind the descriptor.
int64_t weir_file_size(int descriptor);

#define WEIR_SPAWN_MAX_DESCRIPTORS 64

// ---- Descriptors and processes -------------------------------------------------------------------

int weir_open_pidfd(pid_t pid);
int weir_pidfd_kill(int pidfd, int signal);
int weir_eventfd(void);
// ppoll with a timeout in nanoseconds; < 0 waits for ever. Number of ready descriptors.
int weir_poll(struct pollfd *entries, size_t count, int64_t timeout_ns);
// A connected pair of non-blocking, close-on-exec Unix stream sockets.
int weir_stream_pair(int out[2], int buffer_bytes);
// signalfd for SIGINT, SIGTERM and SIGHUP, which are blocked in the calling thread.
int weir_interrupt_descriptor(void);

// Sends copies of up to WEIR_SPAWN_MAX_DESCRIPTORS descriptors over a Unix stream socket, together
// with one byte; 0, or -errno.
int weir_pass_descriptors(int socket, const int *descriptors, size_t count);
// Receives what one call of weir_pass_descriptors sent, close-on-exec: their number.
int weir_take_descriptors(int socket, int *out, size_t limit);

// Takes (or tests) a write lock on one byte of a file, held by the open file description and
// released by the kernel when its last descriptor closes, however the process ended.
int weir_lock_byte(int descriptor, uint64_t byte);
// Lets go of the lock for every descriptor of the open file description.
int weir_unlock_byte(int descriptor, uint64_t byte);
// 1 when another open file description holds the byte, 0 when none does.
int weir_byte_is_locked(int descriptor, uint64_t byte);
// A second open file description of the same file.
int weir_reopen(int descriptor);

// One child: what it runs, where, and what it inherits. Descriptor `descriptors[i]` becomes number
// 3 + i in the child; every other one above 2 is closed. All signals are reset and unblocked.
typedef struct {
  const char *path;                 // executable
  char *const *arguments;           // NULL-terminated
  char *const *environment;         // NULL-terminated
  const uint64_t *cpu_mask;         // NULL: inherit the affinity
  size_t cpu_mask_words;
  const int *descriptors;
  size_t descriptor_count;
  int standard_error;               // -1: inherit
  int standard_streams;             // becomes standard input and output alike; 0: inherit
  int kill_with_parent;             // SIGKILL when the spawning *thread* ends
} weir_spawn_spec;

// Steps of a spawn, for naming the one that failed.
enum { WEIR_STEP_NONE, WEIR_STEP_VFORK, WEIR_STEP_PARENT, WEIR_STEP_AFFINITY, WEIR_STEP_DESCRIPTORS, WEIR_STEP_EXEC };

// vfork + exec. Returns the pid, or -errno with the failing step in `failed_step`.
pid_t weir_spawn(const weir_spawn_spec *spec, int *failed_step);

// Reaps the child behind the pidfd. Returns 0 with `code` (exit code, or signal number when
// `signalled`), or -errno; -EAGAIN when it still runs and `block` is 0.
int weir_reap(int pidfd, int block, int *code, int *signalled);

// Keeps freed heap memory in the process: a first touch costs microseconds a page on virtual
// machines, so a worker recycles its buffers.
void weir_keep_heap(void);

// Puts `byte_count` bytes at the beginning of the heap that are never used: what a worker allocates
// later then lies that much farther on, modulo every cache's ways.
int weir_shift_heap(size_t byte_count);

// ---- Counters of the kernel ----------------------------------------------------------------------

// Opens a file for reading again and again. Returns the descriptor, or -errno.
int weir_open_counters(const char *path);

// Reads the whole file from its beginning, however small the pieces that the kernel hands out. Returns
// the byte count, or -errno; -E2BIG when the file does not fit.
int64_t weir_read_whole(int descriptor, char *text, size_t capacity);

// The number at `place`, counted from 0 over runs of digits, behind the label of the first line that
// begins with it. A null label means the text behind the last ')', as in /proc/PID/stat, where a
// process's name may hold anything. Returns -1 when there is none.
int64_t weir_counter(const char *text, size_t count, const char *label, int place);

// Interrupts of every kind that some CPUs took, by the text of /proc/interrupts. Returns -1 for text
// that is not such a table.
int64_t weir_interrupt_count(
    const char *text, size_t count, const uint64_t *cpu_words, size_t word_count);

// ---- Counting, for processes that were started for nothing else ---------------------------------

// What a traced process tells its tracer.
enum {
  WEIR_MARK_BEGIN = 0,  // count the calls of all threads from here on
  WEIR_MARK_END = 1,    // a round is over
  WEIR_MARK_DONE = 2,   // trace no more; only one thread is left
};
void weir_trace_mark(int mark);

typedef struct {
  uint64_t calls;         // system calls of every kind
  uint64_t futex_waits;   // of them
  uint64_t futex_wakes;   // of them
  uint64_t woken;         // threads that these woke
  uint64_t kernel_bytes;  // moved by read, write, send and receive
} weir_trace_counts;

// Traces a child of this process. By the thread that follows it too. 0 or -errno.
int weir_trace_attach(pid_t process);
// Counts until the process is done: how many rounds there were, or -errno; -ECHILD when it died.
int weir_trace_follow(pid_t process, weir_trace_counts *rounds, size_t capacity);

// Copies of fewer bytes are the compiler's business as much as the library's.
enum { WEIR_COUNTED_COPY_BYTES = 256 };

typedef struct {
  uint64_t allocations;   // malloc, calloc, realloc, aligned_alloc, posix_memalign
  uint64_t copied_bytes;  // by memcpy and memmove, in copies of WEIR_COUNTED_COPY_BYTES or more
  uint64_t faults;        // page faults of the process
} weir_tally;

// Counts from here on, for good. 0 or -errno where calls cannot be counted.
int weir_tally_begin(void);
weir_tally weir_tally_now(void);
