// A scanner over text: bytes, slices, positions.
typedef struct {
    enum { END_N, WORD_N, NUMBER_N, SIGN_N } kind;
    const char *start;
    size_t length;
    int64_t number;
} Token_N;

typedef struct {
    const char *text;
    size_t at;
} Scanner_N;

static bool is_letter_N(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static Token_N next_N(Scanner_N *scanner) {
    Token_N token = {END_N, NULL, 0, 0};
    while (scanner->text[scanner->at] == ' ')
        scanner->at += 1;
    if (scanner->text[scanner->at] == 0)
        return token;
    size_t start = scanner->at;
    char first = scanner->text[start];
    scanner->at += 1;
    if (is_letter_N(first)) {
        while (is_letter_N(scanner->text[scanner->at]))
            scanner->at += 1;
        token.kind = WORD_N;
        token.start = scanner->text + start;
        token.length = scanner->at - start;
    } else if (first >= '0' && first <= '9') {
        int64_t value = first - '0';
        while (scanner->text[scanner->at] >= '0' && scanner->text[scanner->at] <= '9') {
            value = value * 10 + (scanner->text[scanner->at] - '0');
            scanner->at += 1;
        }
        token.kind = NUMBER_N;
        token.number = value;
    } else {
        token.kind = SIGN_N;
        token.number = first;
    }
    return token;
}

int64_t unit_N(int64_t seed) {
    char text[128];
    snprintf(text, sizeof text, "let K1 = total%" PRId64 " + %" PRId64 " * (x - K2)", seed % K3, seed);
    Scanner_N scanner = {text, 0};
    int64_t sum = 0;
    int64_t words = 0;
    for (Token_N token = next_N(&scanner); token.kind != END_N; token = next_N(&scanner)) {
        switch (token.kind) {
        case WORD_N:
            if (token.length == 3 && memcmp(token.start, "let", 3) == 0)
                words += 100;
            else
                words += (int64_t)token.length;
            break;
        default:
            sum += token.number;
            break;
        }
    }
    return (sum * 1000 + words) % 1000003;
}
