#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__thread uint64_t gos_rt_tls[64] __attribute__((aligned(64)));
uint32_t gos_rt_gc_phase;

struct desc { uint64_t size; uint32_t kind, words; };
struct text { const char *bytes; int64_t length; };

long gos_main(void);
void *gos_rt_alloc(struct desc *d) { return calloc(1, d->size + 8); }
void *gos_rt_alloc_array(struct desc *d, int64_t n) {
    uint64_t *p = calloc(1, d->size * n + 16);
    p[0] = n;
    return p + 1;
}
void gos_rt_write_barrier(void **slot, void *new) {}
void gos_rt_copy_barrier(void *to, struct desc *d, int64_t n) {}
void gos_rt_fatal(const char *bytes, int64_t length) {
    printf("%d\n", -(int)length);
    exit(0);
}
__asm__(".globl gos_rt_poll\ngos_rt_poll: movq $0, %fs:gos_rt_tls@tpoff\nret\n");
/* Grants all: forgets the limit and starts the function again, whose frame is already gone. */
__asm__(".globl gos_rt_morestack\ngos_rt_morestack: movq $0, %fs:gos_rt_tls@tpoff\n"
        "incq grown(%rip)\njmp *%fs:gos_rt_tls@tpoff+8\n");
uint64_t grown;
int64_t c_half(int64_t x) { return x / 2; }
int main(int argc, char **argv) {
    if (getenv("GROW")) gos_rt_tls[0] = UINT64_MAX;
    printf("%ld\n", gos_main());
    return 0;
}
