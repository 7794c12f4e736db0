/* The primes below 50 million by Eratosthenes: bytes on the heap. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    size_t n = 50000000;
    bool *composite = calloc(n, 1);
    for (size_t i = 2; i * i < n; i++) {
        if (!composite[i]) {
            for (size_t j = i * i; j < n; j += i) {
                composite[j] = true;
            }
        }
    }
    size_t count = 0;
    for (size_t k = 2; k < n; k++) {
        if (!composite[k]) {
            count++;
        }
    }
    printf("%zu\n", count);
    return 0;
}
