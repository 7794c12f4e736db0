// What the machine alone does to a thread that sleeps 1 ms at a time beside one that works. The argument
// is the number of seconds.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLEEPS_MAX = 1000000, BYTES = 64 << 20 };

static long late[SLEEPS_MAX];
static volatile int done;

static void *work(void *unused) {
    char *memory = malloc(BYTES);
    while (!done) memset(memory, 1, BYTES);
    free(memory);
    return unused;
}

static long now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int compare(const void *a, const void *b) {
    long x = *(const long *)a, y = *(const long *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments) {
    long seconds = count > 1 ? atol(arguments[1]) : 10, begun = now_ns();
    pthread_t worker;
    int n = 0;
    pthread_create(&worker, 0, work, 0);
    while (now_ns() - begun < seconds * 1000000000L && n < SLEEPS_MAX) {
        struct timespec time = {0, 1000000};
        long slept = now_ns();
        nanosleep(&time, 0);
        late[n++] = (now_ns() - slept) / 1000 - 1000;
    }
    done = 1;
    pthread_join(worker, 0);
    qsort(late, n, sizeof *late, compare);
    printf("p50 %ld p99 %ld p99.9 %ld max %ld us\n", late[n / 2], late[n * 99 / 100], late[n * 999 / 1000],
           late[n - 1]);
}
