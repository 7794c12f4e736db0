// A stack of numbers, one of bytes, one of text: what a template would give.
typedef struct {
    int64_t *items;
    size_t length, capacity, highest;
} Numbers_N;

typedef struct {
    const char **items;
    size_t length, capacity, highest;
} Words_N;

typedef struct {
    char *items;
    size_t length, capacity, highest;
} Bytes_N;

static void push_number_N(Numbers_N *stack, int64_t item) {
    if (stack->length == stack->capacity) {
        stack->capacity = stack->capacity ? stack->capacity * 2 : 4;
        stack->items = realloc(stack->items, stack->capacity * sizeof *stack->items);
    }
    stack->items[stack->length++] = item;
    if (stack->length > stack->highest)
        stack->highest = stack->length;
}

static bool pop_number_N(Numbers_N *stack, int64_t *item) {
    if (stack->length == 0)
        return false;
    *item = stack->items[--stack->length];
    return true;
}

static void push_word_N(Words_N *stack, const char *item) {
    if (stack->length == stack->capacity) {
        stack->capacity = stack->capacity ? stack->capacity * 2 : 4;
        stack->items = realloc(stack->items, stack->capacity * sizeof *stack->items);
    }
    stack->items[stack->length++] = item;
    if (stack->length > stack->highest)
        stack->highest = stack->length;
}

static bool pop_word_N(Words_N *stack, const char **item) {
    if (stack->length == 0)
        return false;
    *item = stack->items[--stack->length];
    return true;
}

static void push_byte_N(Bytes_N *stack, char item) {
    if (stack->length == stack->capacity) {
        stack->capacity = stack->capacity ? stack->capacity * 2 : 4;
        stack->items = realloc(stack->items, stack->capacity * sizeof *stack->items);
    }
    stack->items[stack->length++] = item;
    if (stack->length > stack->highest)
        stack->highest = stack->length;
}

static bool pop_byte_N(Bytes_N *stack, char *item) {
    if (stack->length == 0)
        return false;
    *item = stack->items[--stack->length];
    return true;
}

static bool brackets_N(const char *text) {
    Bytes_N open = {0};
    char top;
    for (size_t i = 0; text[i]; i++) {
        switch (text[i]) {
        case '(':
        case '[':
            push_byte_N(&open, text[i]);
            break;
        case ')':
            if (!pop_byte_N(&open, &top) || top != '(')
                return false;
            break;
        case ']':
            if (!pop_byte_N(&open, &top) || top != '[')
                return false;
            break;
        }
    }
    return open.length == 0;
}

int64_t unit_N(int64_t seed) {
    Numbers_N numbers = {0};
    for (int64_t i = 0; i < K1; i++) {
        int64_t top;
        push_number_N(&numbers, seed + i);
        if (i % K2 == 0)
            push_number_N(&numbers, i);
        else if (pop_number_N(&numbers, &top) && top % 2 == 0)
            push_number_N(&numbers, top / 2);
    }
    Words_N words = {0};
    push_word_N(&words, "([K1])");
    push_word_N(&words, "([)]");
    int64_t balanced = 0;
    const char *word;
    while (pop_word_N(&words, &word))
        if (brackets_N(word))
            balanced += 1;
    return (int64_t)numbers.length * 10 + balanced + (int64_t)numbers.highest;
}
