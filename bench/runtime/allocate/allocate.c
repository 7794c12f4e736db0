// The same with a bump pointer: cells of as many bytes, of memory that reads as zeros, in small pages
// as far as the other has them, behind that in large ones.
// What was used before is zeroed 4 KiB at a time, when it is about to be used again.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { LINKS = 1000, ROUNDS = 99, CELL_BYTES = 24, PIECE_BYTES = 4080, SMALL_PAGES_BYTES = 24 << 20 };

struct link { int64_t value; struct link *next; };

static char *bump, *end, *memory;
static size_t used;
static int is_fresh = 1;

static __attribute__((noinline, cold)) void more(void) {
    bump = memory + used;
    end = bump + PIECE_BYTES;
    used += 4096;
    if (!is_fresh) memset(bump, 0, PIECE_BYTES);
}

static inline void *allocate(void) {
    if (__builtin_expect(bump + CELL_BYTES > end, 0)) more();
    void *cell = bump;
    bump += CELL_BYTES;
    return (char *)cell + 8;
}

static __attribute__((noinline)) struct link *chain(void) {
    struct link *first = 0;
    for (int64_t i = 0; i < LINKS; i++) {
        struct link *link = allocate();
        link->value = i;
        link->next = first;
        first = link;
    }
    return first;
}

static int64_t round_of_chains(int chains) {
    int64_t sum = 0;
    used = 0;
    bump = end = memory;
    for (int i = 0; i < chains; i++) sum += chain()->value;
    return sum;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments) {
    int chains = count > 1 ? atoi(arguments[1]) : 2000;
    size_t bytes = (size_t)LINKS * chains * CELL_BYTES / PIECE_BYTES * 4096 + 8192;
    memory = mmap(0, bytes + (2 << 20), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    memory = (char *)(((uintptr_t)memory + (2 << 20) - 1) & -(uintptr_t)(2 << 20));
    if (bytes > SMALL_PAGES_BYTES) madvise(memory + SMALL_PAGES_BYTES, bytes - SMALL_PAGES_BYTES, MADV_HUGEPAGE);
    double boxes = (double)LINKS * chains, times[ROUNDS];
    double begun = now();
    int64_t sum = round_of_chains(chains);
    double fresh = now() - begun;
    is_fresh = 0;
    for (int i = 0; i < ROUNDS; i++) {
        begun = now();
        sum += round_of_chains(chains);
        times[i] = now() - begun;
    }
    qsort(times, ROUNDS, sizeof *times, compare);
    if (sum != (int64_t)(LINKS - 1) * chains * (ROUNDS + 1)) abort();
    printf("fresh %.2f used %.2f ns a box\n", fresh / boxes, times[ROUNDS / 2] / boxes);
}
