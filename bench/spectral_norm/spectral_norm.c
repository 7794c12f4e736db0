/* The spectral norm of an infinite matrix, cut at 2000: loops over heap arrays. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static double a(size_t i, size_t j) {
    size_t sum = i + j;
    return 1.0 / (double)(sum * (sum + 1) / 2 + i + 1);
}

static void multiply(size_t n, const double *v, double *out) {
    for (size_t i = 0; i < n; i++) {
        double total = 0;
        for (size_t j = 0; j < n; j++) {
            total += a(i, j) * v[j];
        }
        out[i] = total;
    }
}

static void multiply_transposed(size_t n, const double *v, double *out) {
    for (size_t i = 0; i < n; i++) {
        double total = 0;
        for (size_t j = 0; j < n; j++) {
            total += a(j, i) * v[j];
        }
        out[i] = total;
    }
}

int main(void) {
    size_t n = 2000;
    double *u = malloc(n * sizeof *u), *v = calloc(n, sizeof *v), *scratch = calloc(n, sizeof *scratch);
    for (size_t i = 0; i < n; i++) {
        u[i] = 1.0;
    }
    for (int k = 0; k < 10; k++) {
        multiply(n, u, scratch);
        multiply_transposed(n, scratch, v);
        multiply(n, v, scratch);
        multiply_transposed(n, scratch, u);
    }
    double uv = 0, vv = 0;
    for (size_t i = 0; i < n; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    printf("%.9f\n", sqrt(uv / vv));
    return 0;
}
