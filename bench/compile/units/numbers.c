// Sequences of numbers: functions of functions, loops.
typedef struct {
    int64_t offset;
} Environment_N;

static int64_t shift_N(const Environment_N *environment, int64_t value) {
    return value * 3 + environment->offset;
}

static int64_t *apply_N(const int64_t *values, size_t count, const Environment_N *environment,
                        int64_t (*f)(const Environment_N *, int64_t)) {
    int64_t *result = malloc(count * sizeof *result);
    for (size_t i = 0; i < count; i++)
        result[i] = f(environment, values[i]);
    return result;
}

static size_t primes_N(size_t limit, size_t **found) {
    bool *composite = calloc(limit + 1, sizeof *composite);
    size_t *primes = malloc((limit + 1) * sizeof *primes);
    size_t count = 0;
    for (size_t n = 2; n <= limit; n++) {
        if (composite[n])
            continue;
        primes[count++] = n;
        size_t multiple = n * n;
        while (multiple <= limit) {
            composite[multiple] = true;
            multiple += n;
        }
    }
    free(composite);
    *found = primes;
    return count;
}

static bool median_N(const int64_t *values, size_t count, int64_t *median) {
    if (count == 0)
        return false;
    int64_t *sorted = malloc(count * sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    for (size_t i = 1; i < count; i++) {
        size_t j = i;
        while (j > 0 && sorted[j - 1] > sorted[j]) {
            int64_t swapped = sorted[j];
            sorted[j] = sorted[j - 1];
            sorted[j - 1] = swapped;
            j -= 1;
        }
    }
    *median = sorted[count / 2];
    free(sorted);
    return true;
}

int64_t unit_N(int64_t seed) {
    size_t *primes;
    size_t prime_count = primes_N(K1, &primes);
    Environment_N environment = {seed % K2};
    int64_t values[5] = {3, 1, K3, environment.offset, K4};
    int64_t *shifted = apply_N(values, 5, &environment, shift_N);
    int64_t even = 0;
    bool large = false;
    for (size_t i = 0; i < 5; i++)
        if (shifted[i] % 2 == 0)
            even += shifted[i] / 2;
    for (size_t i = 0; i < 5 && !large; i++)
        large = shifted[i] > K4;
    int64_t products = 0;
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = i + 1; j < 5; j++) {
            if (shifted[i] == shifted[j])
                goto next;
            products += shifted[i] * shifted[j] % 97;
        }
    next:;
    }
    int64_t middle = 0;
    median_N(shifted, 5, &middle);
    return even + (int64_t)prime_count + products + middle + (large ? 1 : 2);
}
